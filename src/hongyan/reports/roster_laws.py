"""Which laws does every export that was taken in obey?"""

from hongyan.reports.law import Law

_SUMS = (
    "SELECT intake_id, sum(new) AS new, sum(changed) AS changed, sum(moved) AS moved,"
    " sum(unchanged) AS unchanged, sum(rejected) AS rejected FROM roster_chunk GROUP BY intake_id"
)
# Rows of a chunk that somebody let in.
_CHOSEN = (
    "(CASE WHEN i.chosen LIKE '%%new%%' THEN c.new ELSE 0 END)"
    " + (CASE WHEN i.chosen LIKE '%%changed%%' THEN c.changed ELSE 0 END)"
    " + (CASE WHEN i.chosen LIKE '%%moved%%' THEN c.moved ELSE 0 END)"
)

ROSTER_LAWS = (
    Law(
        "every row of an export is accepted or rejected",
        "SELECT 'intake:' || i.id, i.rows FROM roster_intake i LEFT JOIN"
        f" ({_SUMS}) c ON c.intake_id = i.id WHERE i.compared_at IS NOT NULL AND"
        " (i.rows <> i.new + i.changed + i.moved + i.unchanged + i.rejected"
        " OR i.new <> coalesce(c.new, 0) OR i.changed <> coalesce(c.changed, 0)"
        " OR i.moved <> coalesce(c.moved, 0) OR i.unchanged <> coalesce(c.unchanged, 0)"
        " OR i.rejected <> coalesce(c.rejected, 0))",
    ),
    Law(
        "every row let in is written, overtaken or waiting",
        "SELECT 'intake:' || c.intake_id, c.number FROM roster_chunk c"
        " JOIN roster_intake i ON i.id = c.intake_id WHERE"
        " (c.applied_at IS NULL AND c.written + c.overtaken > 0)"
        f" OR (c.applied_at IS NOT NULL AND c.written + c.overtaken <> {_CHOSEN})",
    ),
    Law(
        "what is done waits for nothing",
        "SELECT 'intake:' || i.id, i.stage FROM roster_intake i"
        " WHERE (i.stage = 'done') = (i.done_at IS NULL) OR i.stage = 'done' AND EXISTS"
        " (SELECT 1 FROM roster_chunk c WHERE c.intake_id = i.id AND c.applied_at IS NULL)",
    ),
)
