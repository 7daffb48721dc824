"""Which laws does everything obey that two installations share?"""

from hongyan.reports.law import Law

EXCHANGE_LAWS = (
    Law(
        "every case handed over is a message, and every such message a move",
        "SELECT 'journey:' || coalesce(c.journey_id, t.journey_id), coalesce(c.move, t.number)"
        " FROM (SELECT journey_id, number FROM journeys_transition WHERE verb = 'send_across') t"
        " FULL JOIN (SELECT s.journey_id, m.move FROM exchange_message m"
        " JOIN exchange_crossing s ON s.id = m.crossing_id WHERE m.kind = 'handover') c"
        " ON c.journey_id = t.journey_id AND c.move = t.number"
        " WHERE c.move IS NULL OR t.number IS NULL",
    ),
    Law(
        "messages about a shared journey are numbered without a gap",
        "SELECT 'journey:' || s.journey_id, s.sent FROM exchange_crossing s LEFT JOIN (SELECT crossing_id,"
        " count(*) AS written, max(number) AS last FROM exchange_message GROUP BY crossing_id) m"
        " ON m.crossing_id = s.id WHERE coalesce(m.written, 0) <> s.sent OR coalesce(m.last, 0) <> s.sent",
    ),
    Law(
        "what a neighbour said was heard once and in order",
        "SELECT 'journey:' || s.journey_id, s.heard FROM exchange_crossing s LEFT JOIN (SELECT crossing_id,"
        " count(*) AS heard, max(number) AS last FROM exchange_received GROUP BY crossing_id) r"
        " ON r.crossing_id = s.id WHERE coalesce(r.heard, 0) <> s.heard OR coalesce(r.last, 0) <> s.heard",
    ),
    Law(
        "nothing is told that has not happened",
        "SELECT 'journey:' || s.journey_id, s.told FROM exchange_crossing s JOIN journeys_journey j"
        " ON j.id = s.journey_id WHERE s.told > j.version",
    ),
    Law(
        "a guest belongs to a neighbour, came with a message and has no ID number",
        "SELECT 'member:' || m.id, o.code FROM members_member m"
        " JOIN organizations_organization o ON o.id = m.branch_id"
        " LEFT JOIN exchange_peer p ON p.organization_id = o.id"
        " WHERE m.is_guest AND m.erased_at IS NULL AND (p.id IS NULL"
        " OR length(m.id_number_sealed) > 0 OR NOT EXISTS (SELECT 1 FROM journeys_journey j"
        " JOIN exchange_crossing s ON s.journey_id = j.id AND s.side = 'guest' WHERE j.member_id = m.id))",
    ),
    Law(
        "whose home is a neighbour is a guest",
        "SELECT 'member:' || m.id, o.code FROM members_member m JOIN exchange_peer p"
        " ON p.organization_id = m.branch_id JOIN organizations_organization o ON o.id = m.branch_id"
        " WHERE NOT m.is_guest",
    ),
    Law(
        "nobody here works for a neighbour",
        "SELECT 'peer:' || p.id, o.code FROM exchange_peer p JOIN organizations_organization o"
        " ON o.id = p.organization_id WHERE p.closed_at IS NULL AND EXISTS (SELECT 1"
        " FROM organizations_organization a WHERE a.has_desk"
        " AND a.path = substr(o.path, 1, length(a.path)))",
    ),
)
