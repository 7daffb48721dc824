"""Which laws do visits at home obey, and the clocks that rest meanwhile?"""

from hongyan.reports.law import Law

VISIT_LAWS = (
    Law(
        "whoever is at home on a visit has said until when",
        "SELECT 'journey:' || coalesce(v.journey_id, j.id), coalesce(v.state, j.status)"
        " FROM (SELECT id, status, visit_until FROM journeys_journey WHERE visit_until IS NOT NULL) j"
        " FULL JOIN (SELECT journey_id, state, expected_until FROM journeys_visit WHERE state = 'back') v"
        " ON v.journey_id = j.id WHERE v.journey_id IS NULL OR j.id IS NULL"
        " OR v.expected_until <> j.visit_until",
    ),
    Law(
        "a visit is not a return",
        "SELECT 'journey:' || v.journey_id, j.status FROM journeys_visit v JOIN journeys_journey j"
        " ON j.id = v.journey_id WHERE v.state = 'back'"
        " AND j.status NOT IN ('awaiting', 'dispatching', 'hosted', 'relocating')",
    ),
    Law(
        "nobody is asked twice whether he comes home",
        "SELECT subject, count(*) FROM notifications_notice WHERE kind = 'visit_question'"
        " GROUP BY subject, recipient, substr(dedupe_key, 1, 10) HAVING count(*) > 2",
    ),
    Law(
        "nobody is reminded who has answered",
        "SELECT 'journey:' || journey_id, state FROM journeys_visit"
        " WHERE answered_at IS NOT NULL AND reminded_at > answered_at AND answered_by LIKE 'member:%%'",
    ),
    Law(
        "whoever came was invited to something that took place",
        "SELECT 'meeting:' || g.id, count(*) FROM journeys_guest e JOIN journeys_meeting g"
        " ON g.id = e.meeting_id WHERE (e.came IS NOT NULL) <> (g.held_at IS NOT NULL) GROUP BY g.id",
    ),
)
