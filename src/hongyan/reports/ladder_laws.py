"""Which laws do reminders, the clocks of both sides and missed deadlines obey?"""

from hongyan.journeys.ladder import DEFAULT_STEPS
from hongyan.reports.law import Law

# A step of the ladder he began with, which he has passed: there it must be. 0 is the ladder by default.
_EXPECTED = " UNION ALL ".join(
    [f"SELECT 0 AS ladder, {step.number} AS step" for step in DEFAULT_STEPS]
    + ["SELECT ladder_id, number FROM journeys_reminderstep"]
)
# Who owes the contact of each side: home always (a guest's home by the clock of its own installation),
# the host where it works on the platform.
_CLOCKS = (
    "j.status IN ('dispatching', 'hosted', 'relocating') AND (j.home_due_at IS NULL) <> m.is_guest"
    " OR j.status IN ('hosted', 'relocating') AND (j.host_due_at IS NOT NULL) <> t.has_desk"
    " OR j.status = 'hosted' AND j.due_at <> CASE WHEN t.has_desk THEN j.host_due_at ELSE j.home_due_at END"
)

LADDER_LAWS = (
    Law(
        "no step of a running ladder is left out",
        f"SELECT 'journey:' || j.id, e.step FROM journeys_journey j JOIN ({_EXPECTED}) e"
        " ON e.ladder = COALESCE(j.remind_ladder_id, 0) AND e.step <= j.remind_step"
        " LEFT JOIN journeys_reminder r ON r.journey_id = j.id"
        " AND r.rule = 'check_in' AND r.anchor = j.remind_from AND r.step = e.step"
        " WHERE j.remind_from IS NOT NULL AND r.id IS NULL",
    ),
    Law(
        "whoever is awaited is reminded until he is heard of",
        "SELECT 'journey:' || j.id, j.status FROM journeys_journey j"
        " WHERE j.status IN ('planned', 'awaiting') AND j.remind_from IS NULL"
        " AND j.contacted_at IS NULL AND j.abroad_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM audit_entry a WHERE a.subject = 'journey:' || j.id"
        " AND a.verb = 'say_abroad')",
    ),
    Law(
        "no step is told twice",
        "SELECT n.subject, n.told FROM (SELECT subject, count(*) AS told FROM notifications_notice"
        " WHERE kind = 'check_in_reminder' AND dedupe_key LIKE 'remind:%%' GROUP BY subject) n"
        " JOIN (SELECT journey_id, count(*) AS made FROM journeys_reminder WHERE way <> 'call'"
        " GROUP BY journey_id) r ON n.subject = 'journey:' || r.journey_id"
        " WHERE n.told > r.made",
    ),
    Law(
        "each side has its own clock",
        "SELECT 'journey:' || j.id, j.status FROM journeys_journey j"
        " JOIN members_member m ON m.id = j.member_id"
        f" LEFT JOIN organizations_organization t ON t.id = j.host_id WHERE {_CLOCKS}",
    ),
    Law(
        "what lies before a level has lain before the one below",
        "SELECT 'journey:' || r.journey_id, r.duty || ' ' || r.level FROM journeys_raise r"
        " LEFT JOIN journeys_raise b ON b.journey_id = r.journey_id AND b.duty = r.duty"
        " AND b.deadline = r.deadline AND b.level = r.level - 1 WHERE r.level > 1 AND b.id IS NULL",
    ),
    Law(
        "a closing note lies above after its own deadline only",
        "SELECT 'journey:' || r.journey_id, r.duty FROM journeys_raise r"
        " LEFT JOIN journeys_return t ON t.journey_id = r.journey_id AND t.closing_due_at = r.deadline"
        " WHERE r.duty = 'closing_note' AND (t.id IS NULL OR r.at <= r.deadline)",
    ),
    Law(
        "each exemption has the day it is looked at again, and a deadline for that look only while it lasts",
        "SELECT 'member:' || m.id, m.exempt_kind FROM members_member m WHERE m.is_exempt"
        " AND m.exempt_review_on IS NULL OR NOT m.is_exempt AND m.exempt_due_at IS NOT NULL",
    ),
    Law(
        "a look at an exemption lies above after its own deadline only",
        "SELECT 'journey:' || r.journey_id, r.duty FROM journeys_raise r"
        " WHERE r.duty = 'exempt_review' AND r.at <= r.deadline",
    ),
    Law(
        "no exemption ends by the clock",
        "SELECT a.subject, a.actor FROM audit_entry a"
        " WHERE a.verb = 'end_exemption' AND a.actor NOT LIKE 'user:%%'",
    ),
)
