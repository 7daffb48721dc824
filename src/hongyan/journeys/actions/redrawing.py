"""A generation of boundaries goes live, or is taken back: everything that stands somewhere follows, at once.

One transaction: a process that dies in the middle has changed nothing. What has ended keeps the place it had;
what was recorded keeps the code it was recorded with.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import UniqueConstraint

from hongyan.audit.actions import record
from hongyan.geography import actions as geography
from hongyan.geography.models import BoundaryGeneration
from hongyan.journeys.actions.redrawing_cases import cases_follow, cases_go_back, grounds_of, late_follow
from hongyan.journeys.models import Journey
from hongyan.journeys.redraw_models import FollowedRow, SuccessorChoice
from hongyan.journeys.redrawing import (
    Prospect,
    Reference,
    references,
    why_not_choose,
    why_not_done,
    why_not_go_live,
    why_not_redraw,
    why_not_roll_back,
)
from hongyan.journeys.refusals import Refusal, Refused
from hongyan.journeys.terms import topmost_seat
from hongyan.members.permissions import Actor
from hongyan.organizations.models import ServiceArea
from hongyan.statements import in_turn

TAKEN_IN, WORKPLACES = "*", "workplaces"


def _demand(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused(refusal)


def _seat(by: Actor) -> int | None:
    seat = topmost_seat(by)
    return seat.organization_id if seat else None


def _audit(verb: str, generation: BoundaryGeneration, by: Actor, at: datetime, **details: Any) -> None:
    record(
        actor=by.code, verb=verb, subject=f"generation:{generation.pk}", organization=_seat(by),
        details=details, at=at,
    )  # fmt: skip


def _held(generation: BoundaryGeneration) -> BoundaryGeneration:
    """Keep everybody else from writing where something is, and read the generation as it is now."""
    if connection.vendor == "postgresql":
        tables = sorted({f'"{one.model._meta.db_table}"' for one in references()})
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
    return BoundaryGeneration.objects.select_for_update().get(pk=generation.pk)


def choose_successor(
    *, generation: BoundaryGeneration, choices: dict[str, str], by: Actor, at: datetime
) -> int:
    """Say for some things to which successor of their split division they go; return how many changed."""
    with in_turn():
        prospect = Prospect(BoundaryGeneration.objects.select_for_update().get(pk=generation.pk))
        _demand(why_not_redraw(by))
        changed = {
            subject: successor
            for subject, successor in choices.items()
            if prospect.choices.get(subject, "") != successor
        }
        for subject, successor in sorted(changed.items()):
            _demand(why_not_choose(prospect, subject, successor, by))
            SuccessorChoice.objects.update_or_create(
                generation=prospect.generation,
                subject=subject,
                defaults={"successor": successor, "chosen_at": at, "chosen_by": by.code},
            )
        if changed:
            _audit("choose_successor", generation, by, at, number=len(changed))
        return len(changed)


def go_live(*, generation: BoundaryGeneration, by: Actor, at: datetime) -> dict[str, int]:
    """Put a generation in force and let everything follow; return how many of what did."""
    with in_turn():
        prospect = Prospect(_held(generation))
        _demand(why_not_go_live(prospect, by))
        geography.draw_divisions(generation=prospect.generation, by=by.code, at=at)
        before = grounds_of(prospect)
        moved = _things_follow(prospect, by, at)
        geography.put_in_force(generation=prospect.generation, by=by.code, at=at)
        moved |= cases_follow(prospect, before, by=by, seat=_seat(by), at=at)
        _demand(why_not_done())
        _audit("go_live", generation, by, at, **moved)
    generation.refresh_from_db()
    return moved


def _things_follow(prospect: Prospect, by: Actor, at: datetime) -> dict[str, int]:
    """Let organisations, their areas and doors, and whatever else names a place, follow their division."""
    followed = [one for one in references() if one.model is not Journey]
    for reference in followed:
        _note_sole(prospect, reference)
        _note_split(prospect, reference)
    _join_areas(prospect.generation)
    for reference in followed:
        _end_doubles(prospect.generation, reference, by, at)
    moved: dict[str, int] = {}
    for reference in followed:
        number = _write(prospect.generation, reference, "new")
        moved[reference.word] = moved.get(reference.word, 0) + number
    return moved


def _note_sole(prospect: Prospect, reference: Reference) -> None:
    """Note in one statement what follows by itself."""
    table, column = reference.model._meta.db_table, reference.column
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO journeys_followedrow (generation_id, label, "row", "column", old, new)'
            f' SELECT %s, %s, t.id, %s, t."{column}", s.successor FROM "{table}" t'
            f' JOIN geography_succession s ON s.code = t."{column}" AND s.generation_id = %s'
            f" WHERE s.is_sole = %s{f' AND t.{reference.ends} IS NULL' if reference.ends else ''}",
            [prospect.generation.pk, reference.label, column, prospect.generation.pk, True],
        )


def _note_split(prospect: Prospect, reference: Reference) -> None:
    """Note where what stands at a split code goes."""
    rows = prospect.at(reference, list(prospect.open_splits)).order_by("pk")
    if reference.is_chosen and any(one.name == "organization" for one in reference.model._meta.fields):
        rows = rows.select_related("organization")
    FollowedRow.objects.bulk_create(
        [
            FollowedRow(
                generation=prospect.generation, label=reference.label, row=row.pk, column=reference.column,
                old=getattr(row, reference.column), new=prospect.destined(reference, row),
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip


def _end_doubles(generation: BoundaryGeneration, reference: Reference, by: Actor, at: datetime) -> None:
    """End what would say a second time what another row says: of things that end, one is enough."""
    if reference.ends != "ended_at":
        return
    noted = FollowedRow.objects.filter(generation=generation, label=reference.label, column=reference.column)
    new, field = dict(noted.values_list("row", "new")), reference.model._meta.get_field(reference.column).name
    for rule in reference.model._meta.constraints:
        if not isinstance(rule, UniqueConstraint) or field not in rule.fields:
            continue
        known: set[tuple[Any, ...]] = set()
        doubles: list[int] = []
        for row in reference.rows().order_by("pk"):
            place = new.get(row.pk, getattr(row, reference.column))
            key = (place, *(row.serializable_value(one) for one in rule.fields if one != field))
            doubles += [row.pk] if key in known else []
            known.add(key)
        reference.model._base_manager.filter(pk__in=doubles).update(ended_at=at, ended_by=by.code)
        noted.filter(row__in=doubles).delete()


def _write(generation: BoundaryGeneration, reference: Reference, value: str) -> int:
    """Write the noted values (`new`), or give back the older ones (`old`), in one statement."""
    table, column = reference.model._meta.db_table, reference.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET "{column}" = f.{value} FROM journeys_followedrow f'
            f' WHERE f.generation_id = %s AND f.label = %s AND f."column" = %s AND f."row" = "{table}".id',
            [generation.pk, reference.label, column],
        )
        return int(cursor.rowcount)


def _join_areas(generation: BoundaryGeneration) -> None:
    """Let one area take in the others that would say the same of one organisation from now on."""
    noted = FollowedRow.objects.filter(generation=generation, label=ServiceArea._meta.label)
    new = {(one.row, one.column): one.new for one in noted}
    owners = ServiceArea.objects.filter(pk__in=noted.values("row")).values("organization")
    alike: dict[tuple[Any, ...], list[ServiceArea]] = {}
    for area in ServiceArea.objects.filter(organization__in=owners).order_by("pk"):
        division = new.get((area.pk, "division_id"), area.division_id)
        origin = new.get((area.pk, "origin_id"), area.origin_id)
        alike.setdefault((area.organization_id, area.kind, division, origin), []).append(area)
    for kept, *others in alike.values():
        if others:
            _take_in(generation, kept, others)


def _take_in(generation: BoundaryGeneration, kept: ServiceArea, others: Sequence[ServiceArea]) -> None:
    label, names = (
        ServiceArea._meta.label,
        [one for area in (kept, *others) for one in area.workplaces.splitlines()],
    )
    joined = "\n".join(dict.fromkeys(name for name in names if name.strip()))
    if joined != kept.workplaces:
        FollowedRow.objects.create(
            generation=generation,
            label=label,
            row=kept.pk,
            column=WORKPLACES,
            old=kept.workplaces,
            new=joined,
        )
        ServiceArea.objects.filter(pk=kept.pk).update(workplaces=joined)
    for area in others:
        columns = {one.attname: getattr(area, one.attname) for one in ServiceArea._meta.concrete_fields}
        FollowedRow.objects.filter(generation=generation, label=label, row=area.pk).delete()
        FollowedRow.objects.create(
            generation=generation, label=label, row=area.pk, column=TAKEN_IN,
            old=json.dumps(columns, ensure_ascii=False), new=str(kept.pk),
        )  # fmt: skip
        area.delete()


def roll_back(*, generation: BoundaryGeneration, by: Actor, at: datetime) -> dict[str, int]:
    """Take the last generation back: everything stands again where it stood; the timeline says so."""
    with in_turn():
        now = _held(generation)
        _demand(why_not_roll_back(now, by))
        moved = cases_go_back(now, by=by, seat=_seat(by), at=at)
        for reference in references():
            if reference.model is not Journey:
                moved[reference.word] = moved.get(reference.word, 0) + _write(now, reference, "old")
        _give_areas_back(now)
        FollowedRow.objects.filter(generation=now).delete()
        geography.undraw_divisions(generation=now)
        geography.take_back(generation=now, by=by.code, at=at)
        _audit("roll_back", generation, by, at, **moved)
    generation.refresh_from_db()
    return moved


def _give_areas_back(generation: BoundaryGeneration) -> None:
    noted = FollowedRow.objects.filter(generation=generation, label=ServiceArea._meta.label)
    for row, old in noted.filter(column=WORKPLACES).values_list("row", "old"):
        ServiceArea.objects.filter(pk=row).update(workplaces=old)
    for old in noted.filter(column=TAKEN_IN).values_list("old", flat=True):
        ServiceArea.objects.create(**json.loads(old))


def follow_ended_due(*, at: datetime, limit: int = 500) -> int:
    """Bring after what was written at an ended code in the very moment a generation went live."""
    with in_turn():
        return late_follow(at=at, limit=limit)
