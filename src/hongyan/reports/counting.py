"""How are figures added up in SQL: of all journeys, of what has moved, for the whole tree or for one page?

Every source of rows looks like `Shift`: what a journey counts as, and with which weight. `measures` says the
same of journeys in Django's words; `recount` and the tests hold the two against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hongyan.journeys.states import Status
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind
from hongyan.reports.measures import Measure, Side, side_of

# So many levels from the top have their figures folded; below, few cases are counted on demand.
FIGURES_DEPTH = 5
PLACES_DEPTH = 4
# No path is longer: cut at this width, a path is itself.
WHOLE = 48
PLACE = 6

# What a row of `Shift` holds, read of a row of the journeys called {j}.
FACTS = {
    "home_path": "{j}.home_path",
    "host_path": "{j}.host_path",
    "holder_path": "{j}.holder_path",
    "status": "{j}.status",
    "is_short": "{j}.is_short",
    "is_lost": "({j}.lost_at IS NOT NULL)",
    "has_checked_in": "({j}.checked_in_at IS NOT NULL)",
    "is_exempt": "(SELECT m.is_exempt FROM members_member m WHERE m.id = {j}.member_id)",
    "is_fallback": (
        "EXISTS (SELECT 1 FROM organizations_organization f WHERE f.id = {j}.host_id"
        f" AND f.kind = '{Kind.MOBILE_BRANCH}')"
    ),
    "due_at": "{j}.due_at",
    "destination": "coalesce({j}.destination_id, '')",
    "origin": (
        "coalesce((SELECT g.division_id FROM organizations_organization g WHERE g.id = {j}.home_id), '')"
    ),
}
COLUMNS = ", ".join((*FACTS, "weight"))

_ACTIVE = "NOT s.is_short"
_HOSTED = f"{_ACTIVE} AND s.status IN ('{Status.HOSTED}', '{Status.RELOCATING}')"
_AWAITING = f"{_ACTIVE} AND s.status IN ('{Status.PLANNED}', '{Status.AWAITING}')"
_LATE = "s.due_at < %s AND NOT s.is_exempt"
_CAME = "substr(s.home_path, 1, length(s.host_path)) <> s.host_path"
# Whether home and host lie in one branch of the tree, as wide as the row one counts for.
_TOGETHER = "substr(s.host_path, 1, p.width) = substr(s.home_path, 1, p.width)"
CONDITIONS = {
    Measure.OUT: _ACTIVE,
    Measure.CHECKED_IN: f"{_ACTIVE} AND s.has_checked_in",
    Measure.AWAITING: _AWAITING,
    Measure.LATE_CHECK_IN: f"{_AWAITING} AND {_LATE}",
    Measure.DISPATCHING: f"{_ACTIVE} AND s.status = '{Status.DISPATCHING}'",
    Measure.HOSTED: _HOSTED,
    Measure.RETURNING: f"{_ACTIVE} AND s.status = '{Status.RETURNING}'",
    Measure.WITHIN: f"{_HOSTED} AND NOT s.is_lost AND {_TOGETHER}",
    Measure.IN_TRANSIT: f"{_ACTIVE} AND NOT s.is_lost AND NOT ({_HOSTED})",
    Measure.OUTSIDE: f"{_HOSTED} AND NOT s.is_lost AND NOT ({_TOGETHER})",
    Measure.OUT_OF_CONTACT: f"{_ACTIVE} AND s.is_lost",
    Measure.SHORT: "s.is_short",
    Measure.IN: f"{_HOSTED} AND {_CAME}",
    Measure.IN_FROM_OUTSIDE: f"{_HOSTED} AND {_CAME} AND NOT ({_TOGETHER})",
    Measure.FALLBACK: f"{_HOSTED} AND s.is_fallback",
    Measure.ON_DESK: f"s.status IN ('{Status.DISPATCHING}', '{Status.RELOCATING}')",
    Measure.OVERDUE: _LATE,
}
PLACES = {"out": (Side.HOME, "destination", _ACTIVE), "in": (Side.HOST, "origin", CONDITIONS[Measure.IN])}


def column(measure: Measure) -> str:
    """Name the column of `Tally` that holds a figure."""
    return f"n_{measure}"


def facts(j: str, weight: str = "1", **instead: str) -> str:
    """List what a row of `Shift` holds, read of a journey; `instead` reads some of it otherwise."""
    return ", ".join([*((FACTS | instead)[name].format(j=j) for name in FACTS), weight])


def journeys() -> str:
    """Write all open journeys as a source of rows."""
    named = ", ".join(f"{text.format(j='j')} AS {name}" for name, text in FACTS.items())
    # In the very words of the index of deadlines, or SQLite would not see that it serves.
    return f"(SELECT {named}, 1 AS weight FROM journeys_journey j WHERE NOT (j.status = '{Status.CLOSED}'))"


# The figures that are known of any day: what a move says of where somebody stands.
DATED = (
    Measure.OUT,
    Measure.AWAITING,
    Measure.DISPATCHING,
    Measure.HOSTED,
    Measure.RETURNING,
    Measure.IN,
    Measure.IN_FROM_OUTSIDE,
)
# Every level of the tree has its days.
DEEPEST = WHOLE // paths.WIDTH
# The day of a moment in Shanghai, which has kept one clock, without summer time, since 1991.
DAY = {
    "postgresql": "CAST({} AT TIME ZONE 'Asia/Shanghai' AS date)",
    # By itself: Django's own function calls Python once a row.
    "sqlite": "date({}, '+8 hours')",
}
SHIFTS, TALLY, PLACE_TALLY = "reports_shift", "reports_tally", "reports_placetally"


@dataclass(frozen=True)
class Levels:
    """For which rows one counts: parts of the tree so wide, and organisations by themselves."""

    widths: tuple[int, ...]
    # The longest path that gets a row by itself; 0: none does.
    longest_self: int = 0

    def rows(self) -> str:
        """Write the levels as rows of (width, is_self)."""
        every = [(width, "false") for width in self.widths]
        if self.longest_self:
            every.append((WHOLE, "true"))
        return (
            "("
            + " UNION ALL ".join(f"SELECT {width} AS width, {own} AS is_self" for width, own in every)
            + ")"
        )

    def meets(self, path: str) -> str:
        """Write the condition under which a journey with this path belongs to a level."""
        return (
            f"(p.is_self AND length({path}) <= {self.longest_self}"
            f" OR NOT p.is_self AND length({path}) >= p.width)"
        )


def upper(depth: int = FIGURES_DEPTH) -> Levels:
    """Return the levels that are folded."""
    widths = tuple(paths.WIDTH * level for level in range(1, depth + 1))
    return Levels(widths, paths.WIDTH * depth)


def page_of(path: str) -> Levels:
    """Return the levels one page shows: an organisation, those right below it, and itself only."""
    return Levels((len(path), len(path) + paths.WIDTH), len(path))


def sums(source: str, measures: Sequence[Measure], levels: Levels, where: str = "true") -> str:
    """Write the query for (path, is_self, figures of one side …) of some rows; %s is who is late when."""
    added = ", ".join(
        f"sum(CASE WHEN {CONDITIONS[measure]} THEN s.weight ELSE 0 END) AS {column(measure)}"
        for measure in measures
    )
    path = f"s.{side_of(measures[0])}"
    return (
        f"SELECT substr({path}, 1, p.width) AS path, p.is_self AS is_self, {added} FROM {source} s"
        f" JOIN {levels.rows()} p ON {levels.meets(path)} WHERE {path} <> '' AND {where} GROUP BY 1, 2"
    )


def places(source: str, direction: str, depth: int = PLACES_DEPTH, where: str = "true") -> str:
    """Write the query for (path, direction, code, people) of a source of rows."""
    side, field, condition = PLACES[direction]
    return (
        f"SELECT substr(s.{side}, 1, p.width) AS path, '{direction}' AS direction,"
        f" substr(s.{field}, 1, {PLACE}) AS code, sum(s.weight) AS people FROM {source} s"
        f" JOIN {Levels(upper(depth).widths).rows()} p ON length(s.{side}) >= p.width"
        f" WHERE {condition} AND {where} GROUP BY 1, 3"
    )


def moves(new: bool = True) -> str:
    """Write what moves made people count as, or no longer, each at its moment; all, or those not settled."""
    which = " JOIN reports_newmove w ON w.transition_id = t.id" if new else ""
    facts = "{0}.target AS status, {0}.home_path AS home_path, {0}.host_path AS host_path"
    open_ = f"{{0}}.target <> '{Status.CLOSED}' AND NOT j.is_short"
    before = (
        "b.journey_id = t.journey_id AND b.number = (SELECT max(c.number) FROM journeys_transition c"
        " WHERE c.journey_id = t.journey_id AND c.number < t.number)"
    )
    here = f"FROM journeys_transition t{which} JOIN journeys_journey j ON j.id = t.journey_id"
    return (
        f"(SELECT {facts.format('t')}, false AS is_short, t.at AS at, 1 AS weight {here}"
        f" WHERE {open_.format('t')} UNION ALL"
        f" SELECT {facts.format('b')}, false AS is_short, t.at AS at, -1 AS weight {here}"
        f" JOIN journeys_transition b ON {before} WHERE {open_.format('b')})"
    )


def dated_sums(source: str, measures: Sequence[Measure], day: str) -> str:
    """Write the query for (path, day, changes of figures of one side …) of some moves; no change, no row."""
    names = [column(measure) for measure in measures]
    added = ", ".join(
        f"sum(CASE WHEN {CONDITIONS[measure]} THEN s.weight ELSE 0 END) AS {column(measure)}"
        for measure in measures
    )
    path = f"s.{side_of(measures[0])}"
    found = (
        f"SELECT substr({path}, 1, p.width) AS path, {day.format('s.at')} AS day, {added} FROM {source} s"
        f" JOIN {Levels(upper(DEEPEST).widths).rows()} p ON length({path}) >= p.width"
        f" WHERE {path} <> '' GROUP BY 1, 2"
    )
    return (
        f"SELECT path, day, {', '.join(names)} FROM ({found}) AS dated"
        f" WHERE {' OR '.join(f'{name} <> 0' for name in names)}"
    )
