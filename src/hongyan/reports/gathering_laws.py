"""Which laws does every branch of one origin obey, from the suggestion to whoever joined it?"""

from hongyan.reports.law import Law

FULL_FOUNDERS = (
    "(SELECT count(*) FROM gathering_foundingmember p JOIN journeys_journey j ON j.id = p.journey_id"
    " JOIN members_member m ON m.id = j.member_id WHERE p.founding_id = f.id AND p.is_full"
    " AND m.category = 'full')"
)

GATHERING_LAWS = (
    Law(
        "one open suggestion for one home and one place",
        "SELECT 'organization:' || home_id, place_id FROM gathering_gathering WHERE ended_at IS NULL"
        " GROUP BY home_id, place_id HAVING count(*) > 1",
    ),
    Law(
        "a suggestion counts three full members or more",
        "SELECT 'gathering:' || id, full_members FROM gathering_gathering"
        " WHERE ended_at IS NULL AND full_members < 3",
    ),
    Law(
        "no branch is founded before its destination was consulted",
        "SELECT 'founding:' || f.id, f.consultation FROM gathering_founding f WHERE f.state = 'founded'"
        " AND (f.consulted_at IS NULL OR f.consultation NOT IN ('agrees', 'remarks') OR NOT EXISTS"
        " (SELECT 1 FROM gathering_foundingstep s WHERE s.founding_id = f.id"
        " AND s.verb = 'answer_consultation' AND s.at <= f.founded_at))",
    ),
    Law(
        "a branch is founded by three full members, and those on probation do not count",
        f"SELECT 'founding:' || f.id, {FULL_FOUNDERS} FROM gathering_founding f"
        f" WHERE f.state = 'founded' AND {FULL_FOUNDERS} < 3",
    ),
    Law(
        "seven full members have a committee",
        "SELECT 'founding:' || f.id, count(*) FROM gathering_founding f"
        " JOIN gathering_foundingmember p ON p.founding_id = f.id AND p.is_full WHERE f.state = 'founded'"
        " GROUP BY f.id HAVING count(*) >= 7 AND sum(CASE WHEN p.on_committee THEN 1 ELSE 0 END) < 3",
    ),
    Law(
        "what was founded is a mobile branch with a host body",
        "SELECT 'founding:' || f.id, o.code FROM gathering_founding f"
        " JOIN organizations_organization o ON o.id = f.branch_id"
        " WHERE o.kind <> 'mobile_branch' OR o.host_body = ''",
    ),
    Law(
        "whoever agreed to join was moved",
        "SELECT 'invitation:' || i.id, i.journey_id FROM gathering_invitation i WHERE i.answer = 'agreed'"
        " AND NOT EXISTS (SELECT 1 FROM journeys_transition t WHERE t.journey_id = i.journey_id"
        " AND t.verb = 'relocate' AND t.receiver_id = i.branch_id)",
    ),
    Law(
        "paths of suggestions and foundings are those of their organisations",
        "SELECT 'gathering:' || g.id, g.home_path || ' ' || g.place_path FROM gathering_gathering g"
        " JOIN organizations_organization o ON o.id = g.home_id"
        " LEFT JOIN organizations_organization h ON h.id = g.host_id"
        " WHERE g.home_path <> o.path OR g.place_path <> coalesce(h.path, '')"
        " UNION ALL SELECT 'founding:' || f.id, f.holder_path FROM gathering_founding f"
        " JOIN organizations_organization o ON o.id = f.holder_id WHERE f.holder_path <> o.path",
    ),
)
