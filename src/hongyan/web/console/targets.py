"""To which organisations can a case go, in which order, and why?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hongyan.journeys.areas import Arrival, route
from hongyan.journeys.models import Journey
from hongyan.journeys.rules import live_handoff, standing, why_not_target
from hongyan.journeys.states import Verb
from hongyan.members.permissions import Actor, Seat
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, under
from hongyan.web.console.suggesting import LIKELY, percent
from hongyan.web.searching.organizations import FOUND, named, trails

RANKED = 8
# Moves whose target is not on the platform.
OUTSIDE = (Verb.REGISTER_OUTSIDE, Verb.SEND_LETTER)


@dataclass(frozen=True)
class Target:
    """One organisation a case may go to; `refusal` says why it cannot."""

    pk: int
    name: str
    trail: str
    percent: str = ""
    reason: str = ""
    refusal: str = ""
    # Likely enough to be chosen already when the page opens.
    likely: bool = False


def _refusal(verb: Verb, journey: Journey, target: Organization, seat: Seat | None) -> str:
    if verb in OUTSIDE:
        return f"{target.short_name}已在平台办理，请直接转给它" if target.has_desk else ""
    refusal = why_not_target(verb, journey, target, seat)
    return refusal.sentence if refusal else ""


def _as_targets(verb: Verb, journey: Journey, actor: Actor, rows: Iterable[Organization]) -> list[Target]:
    rows = list(rows)
    stands = standing(verb, journey, actor)
    above = trails(rows)
    return [
        Target(
            row.pk,
            row.short_name,
            above.get(row.pk, ""),
            refusal=_refusal(verb, journey, row, stands.seat if stands else None),
        )
        for row in rows
    ]


def _considered(journey: Journey) -> list[tuple[int, float, str]]:
    """List what routing considers: as stored on the hand-off, else worked out from the confirmed place."""
    live = live_handoff(journey)
    stored = live.explanation.get("suggestions", []) if live else []
    if stored:
        return [(item["organization"], item["probability"], item["reason"]) for item in stored]
    if not journey.destination_id:
        return []
    found = route(journey, Arrival(code=journey.destination_id, reason="按已确认的去向"))
    return [(item.desk.pk, item.probability, item.reason) for item in found.suggestions]


def ranked(verb: Verb, journey: Journey, actor: Actor) -> list[Target]:
    """Rank what routing considers for this move: those that can be chosen first, each with its reason."""
    considered = _considered(journey)
    found_rows = Organization.objects.in_bulk([pk for pk, _, _ in considered])
    rows = [row for row in found_rows.values() if _sensible(verb, journey, row)]
    by_pk = {target.pk: target for target in _as_targets(verb, journey, actor, rows)}
    found = [
        replace(by_pk[pk], percent=_sure(verb, chance), reason=reason, likely=chance >= LIKELY)
        for pk, chance, reason in considered
        if pk in by_pk
    ]
    return sorted(found, key=lambda target: bool(target.refusal))[:RANKED]


def _sure(verb: Verb, chance: float) -> str:
    """Say how sure a suggestion is; outside the platform each level holds the next, and all would be sure."""
    return "" if verb in OUTSIDE else percent(chance)


def _sensible(verb: Verb, journey: Journey, target: Organization) -> bool:
    """Leave out what this move is not for: one's own desk and those above, the wrong side of the platform."""
    if verb in OUTSIDE:
        return not target.has_desk
    if verb == Verb.FORWARD:
        return (
            target.has_desk
            and target.pk != journey.holder_id
            and paths.covers(journey.holder_path, target.path)
        )
    return target.has_desk and not paths.covers(target.path, journey.holder_path)


def searched(verb: Verb, journey: Journey, actor: Actor, text: str) -> list[Target]:
    """Find organisations by name for this move; without a name, those directly below the desk."""
    text = text.strip()[:40]
    rows = Organization.objects.open().exclude(pk=journey.holder_id)
    if verb == Verb.FORWARD:
        rows = rows.filter(under("path", journey.holder_path))
    rows = rows.filter(has_desk=verb not in OUTSIDE)
    if text:
        found = named(text, rows, journey.holder_path)
    else:
        below = verb == Verb.FORWARD
        found = list(rows.filter(parent_id=journey.holder_id).order_by("path")[:FOUND]) if below else []
    return _as_targets(verb, journey, actor, found)
