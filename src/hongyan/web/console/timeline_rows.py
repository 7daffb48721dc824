"""What happened in one case so far: the timeline both places read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.states import ANSWER_LABELS, STATUS_LABELS, VERB_LABELS, Answer, Status, Verb
from hongyan.members.permissions import names_of
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.organizations.succession import changes_around
from hongyan.web.console.suggesting import percent
from hongyan.web.routing_card import as_read, note_as_read

NEWEST = 100
TIERS = {"A": "到社区（村）或街道", "B": "到县区", "C": "到市州", "D": "到省", "E": "未能确定"}


@dataclass(frozen=True)
class Considered:
    """One organisation that came into question."""

    name: str
    percent: str
    reason: str


@dataclass(frozen=True)
class Explanation:
    """Why a case went where it went, and who registered it on the way."""

    reason: str
    tier: str
    considered: tuple[Considered, ...]
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    number: int
    verb: str
    at: datetime
    who: str
    organization: str
    receiver: str
    status: str
    note: str
    answer: str
    explanation: Explanation | None


def _names(rows: Sequence[Transition]) -> dict[str, str]:
    """Name the officials; a member is only ever "himself" here, because desks read this before acceptance."""
    return names_of({row.by for row in rows if not row.by.startswith("member:")})


def _between(hop: Handoff) -> list[str]:
    """List the paths below the common one and above the receiver."""
    upper, lower = len(hop.common_path), len(hop.receiver_path)
    return [path for path in paths.chain(hop.receiver_path) if upper < len(path) < lower] if upper else []


def _levels(hops: Iterable[Handoff]) -> Mapping[int, tuple[str, ...]]:
    """Name the levels that registered each hop on its way."""
    chains = {hop.hop: _between(hop) for hop in hops}
    wanted = {path for chain in chains.values() for path in chain}
    names = dict(Organization.objects.filter(path__in=wanted).values_list("path", "short_name"))
    return {hop: tuple(names[path] for path in chain if path in names) for hop, chain in chains.items()}


def _explanation(hop: Handoff | None, levels: Mapping[int, tuple[str, ...]]) -> Explanation | None:
    if hop is None:
        return None
    stored = hop.explanation
    considered = tuple(
        Considered(item["name"], percent(item["probability"]), item["reason"])
        for item in stored.get("suggestions", [])
    )
    found = Explanation(
        str(stored.get("reason", "")),
        TIERS.get(str(stored.get("tier", "")), ""),
        considered,
        levels.get(hop.hop, ()),
    )
    return found if found.reason or found.considered or found.levels else None


def _who(row: Transition, names: Mapping[str, str]) -> str:
    if row.by.startswith("member:"):
        return "本人"
    return names.get(row.by, "")


def events_of(journey: Journey, *, full: bool, everything: bool = False) -> list[Event]:
    """Read the timeline as far as one may, newest first; the newest hundred unless everything is wanted."""
    rows = list(
        journey.transitions.select_related("organization", "receiver").order_by("-number")[
            : None if everything else NEWEST
        ]
    )
    # A hop carries the number of the move that opened it.
    found = journey.handoffs.filter(hop__in=[row.number for row in rows])
    hops = {hop.hop: as_read(hop, full=full) for hop in found}
    names, levels = _names(rows), _levels(hops.values())
    return [_event(row, names, hops.get(row.number), levels, full) for row in rows]


def _event(
    row: Transition,
    names: Mapping[str, str],
    hop: Handoff | None,
    levels: Mapping[int, tuple[str, ...]],
    full: bool,
) -> Event:
    return Event(
        number=row.number,
        verb=VERB_LABELS[Verb(row.verb)],
        at=row.at,
        who=_who(row, names),
        organization=row.organization.short_name if row.organization else "",
        receiver=row.receiver.short_name if row.receiver else "",
        status=STATUS_LABELS[Status(row.target)] if row.source != row.target else "",
        note=note_as_read(row.note, full=full),
        answer=ANSWER_LABELS[Answer(hop.answer)] if hop and hop.answer else "",
        explanation=_explanation(hop, levels),
    )


def told_of(journey: Journey, full: bool, everything: bool) -> dict[str, Any]:
    """Tell what happened in a case, and what became of the organisations it belongs to since it began."""
    places = (journey.home_path, journey.host_path, journey.holder_path)
    return {
        "events": events_of(journey, full=full, everything=everything),
        "newest": NEWEST,
        "changes": changes_around(places, journey.marked_at),
    }
