"""Which laws does every person obey who was found instead of marked?"""

from hongyan.reports.law import Law

FOUND_LAWS = (
    Law(
        "whoever was found waits at a desk that is open, until a day",
        "SELECT 'finding:' || f.id, o.code FROM finding_finding f"
        " JOIN organizations_organization o ON o.id = f.holder_id"
        " WHERE f.closed_at IS NULL AND (f.due_at IS NULL OR o.closed_at IS NOT NULL OR NOT o.has_desk)",
    ),
    Law(
        "paths of findings are those of their organisations",
        "SELECT 'finding:' || f.id, f.holder_path FROM finding_finding f"
        " JOIN organizations_organization h ON h.id = f.holder_id"
        " JOIN organizations_organization o ON o.id = f.organization_id"
        " WHERE f.holder_path <> h.path OR f.organization_path <> o.path",
    ),
    Law(
        "a report on a journey is about the person found",
        "SELECT 'finding:' || f.id, h.journey_id FROM finding_finding f"
        " JOIN journeys_handoff h ON h.id = f.handoff_id JOIN journeys_journey j ON j.id = h.journey_id"
        " WHERE f.member_id IS NULL OR j.member_id <> f.member_id",
    ),
    Law(
        "whoever was confirmed has a period away",
        "SELECT 'finding:' || f.id, f.outcome FROM finding_finding f WHERE f.outcome = 'confirmed'"
        " AND NOT EXISTS (SELECT 1 FROM journeys_journey j WHERE j.member_id = f.member_id)",
    ),
    Law(
        "a name nobody has confirmed names nobody",
        "SELECT 'referral:' || r.id, r.source FROM finding_referral r WHERE r.confirmed_at IS NULL"
        " AND r.finding_id IS NOT NULL OR r.confirmed_at IS NOT NULL AND length(r.said_sealed) > 0",
    ),
)
