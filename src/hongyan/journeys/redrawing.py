"""What follows a new generation of boundaries, to where, what is undecided, and may it go live or back?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Q

from hongyan.geography.live import in_force
from hongyan.geography.models import BoundaryGeneration, Division, NamedDivision, Succession
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.redraw_models import FollowedRow, SuccessorChoice
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.terms import topmost_seat
from hongyan.journeys.wording import serves_there
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization

CASES = "cases"


@dataclass(frozen=True)
class Reference:
    """One column, of whatever app, that says where something is."""

    model: type[models.Model]
    column: str
    # When its division is split somebody has to say where a row goes; of the others the common ancestor is
    # true.
    is_chosen: bool

    @property
    def label(self) -> str:
        """Name the column's model as Django does."""
        return str(self.model._meta.label)

    @property
    def word(self) -> str:
        """Name the kind of thing a row is."""
        return str(self.model._meta.model_name)

    def rows(self) -> models.QuerySet[Any]:
        """Return the rows that count: what has ended stays where it was."""
        found = self.model._base_manager.all()
        return found.filter(**{self.ends: None}) if self.ends else found

    @property
    def ends(self) -> str:
        """Name the moment at which a row ended, empty where rows do not end."""
        names = {one.name for one in self.model._meta.concrete_fields}
        return next((one for one in ("closed_at", "ended_at") if one in names), "")


def _has_owner(model: type[models.Model]) -> bool:
    return any(one.name == "organization" for one in model._meta.concrete_fields)


def references() -> Iterator[Reference]:
    """List every column that points to a division, organisations first: what they own follows them."""
    found = [
        Reference(model, one.attname, model is Organization or not one.null and _has_owner(model))
        for model in apps.get_models()
        for one in model._meta.concrete_fields
        if one.related_model is Division and model is not Division
    ]
    yield from sorted(found, key=lambda one: (one.model is not Organization, one.label, one.column))


@dataclass(frozen=True)
class Split:
    """One code that ends and what it becomes."""

    code: str
    name: str
    successors: tuple[str, ...]
    common: str

    @property
    def is_sole(self) -> bool:
        """Say whether everything there follows by itself."""
        return len(self.successors) == 1

    def holding(self, place: str) -> str:
        """Return the successor in which a place lies, empty when none holds it."""
        return next((one for one in self.successors if place.startswith(one)), "")


@dataclass(frozen=True)
class Undecided:
    """One thing whose division is split, and where it may go."""

    subject: str
    name: str
    split: Split
    chosen: str = ""


@dataclass
class Prospect:
    """Everything one generation would take along, read once."""

    generation: BoundaryGeneration
    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    @cached_property
    def splits(self) -> Mapping[str, Split]:
        """Return code → what it becomes, of every code that ends."""
        found: dict[str, list[Succession]] = {}
        for row in Succession.objects.filter(generation=self.generation).order_by("code", "successor"):
            found.setdefault(row.code, []).append(row)
        return {
            code: Split(code, rows[0].name, tuple(row.successor for row in rows), rows[0].common)
            for code, rows in found.items()
        }

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return the names of what begins or is renamed."""
        rows = NamedDivision.objects.filter(generation=self.generation)
        return dict(rows.values_list("code", "name"))

    @cached_property
    def choices(self) -> Mapping[str, str]:
        """Return subject → successor, as chosen so far."""
        rows = SuccessorChoice.objects.filter(generation=self.generation)
        return dict(rows.values_list("subject", "successor"))

    @cached_property
    def open_splits(self) -> Mapping[str, Split]:
        """Return the codes that have several successors."""
        return {code: split for code, split in self.splits.items() if not split.is_sole}

    def at(self, reference: Reference, codes: Sequence[str] | None = None) -> models.QuerySet[Any]:
        """Return the rows of a column that stand at codes that end."""
        ends = Succession.objects.filter(generation=self.generation)
        wanted: Any = ends.values("code") if codes is None else list(codes)
        return reference.rows().filter(**{f"{reference.column}__in": wanted})

    def counted(self) -> dict[str, dict[str, int]]:
        """Count by code and kind what stands at each code that ends."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for reference in references():
            rows = self.at(reference).order_by().values_list(reference.column).annotate(number=Count("pk"))
            for code, number in rows:
                kinds = found[code]
                kinds[reference.word] = kinds.get(reference.word, 0) + number
        return found

    def place_of(self, organization: Organization | None) -> str:
        """Return where an organisation will stand: chosen, following, or where it stands."""
        if organization is None:
            return ""
        here = organization.division_id or ""
        split = self.splits.get(here)
        if split is None:
            return here
        return (
            split.successors[0] if split.is_sole else self.choices.get(f"organization:{organization.pk}", "")
        )

    def destined(self, reference: Reference, row: Any) -> str:
        """Return where a row at a split code goes, empty while nobody has said so."""
        split = self.open_splits[getattr(row, reference.column)]
        chosen = self.choices.get(f"{reference.word}:{row.pk}", "")
        if chosen or not reference.is_chosen or reference.model is Organization:
            return chosen or ("" if reference.is_chosen else split.common)
        if row.organization.closed_at:
            return split.common
        place = self.place_of(row.organization)
        return split.holding(place) or (split.common if place == split.common else "")

    def undecided(self) -> list[Undecided]:
        """List what somebody has to decide, decided or not, organisations first."""
        found = []
        for reference in references():
            if not reference.is_chosen or not self.open_splits:
                continue
            rows = self.at(reference, list(self.open_splits)).order_by("pk")
            if reference.model is not Organization:
                rows = rows.select_related("organization")
            for row in rows:
                subject = f"{reference.word}:{row.pk}"
                goes = self.destined(reference, row)
                if subject not in self.choices and self._waits_for_owner(reference, row):
                    continue
                # What follows its organisation is no question, unless somebody has answered it already.
                if reference.model is Organization or not goes or subject in self.choices:
                    split = self.open_splits[getattr(row, reference.column)]
                    found.append(Undecided(subject, _called(row), split, goes))
        return found

    def _waits_for_owner(self, reference: Reference, row: Any) -> bool:
        """Say whether nothing is to be asked of a row before its organisation is decided."""
        owner = None if reference.model is Organization else row.organization
        return (
            owner is not None
            and owner.closed_at is None
            and bool(owner.division_id and not self.place_of(owner))
        )

    def missing(self) -> int:
        """Count what is still undecided."""
        return sum(not one.chosen for one in self.undecided())


def _called(row: Any) -> str:
    name = str(getattr(row, "short_name", "") or getattr(row, "name", ""))
    return name or serves_there(row.organization.short_name)


def why_not_redraw(by: Actor) -> Refusal | None:
    """Say why this person has no say in boundaries: they belong to whoever nobody stands above."""
    return refuse(Why.NOT_TOPMOST) if topmost_seat(by) is None else None


def why_not_choose(prospect: Prospect, subject: str, successor: str, by: Actor) -> Refusal | None:
    """Say why a thing cannot go to this successor."""
    refusal = why_not_redraw(by) or _why_not_open(prospect.generation)
    if refusal:
        return refusal
    split = split_of(prospect, subject)
    if split is None or successor not in (*split.successors, split.common):
        return refuse(Why.SUCCESSOR_WRONG)
    return None


def split_of(prospect: Prospect, subject: str) -> Split | None:
    """Return the split a subject is concerned by, None when it is not."""
    word, _, number = subject.partition(":")
    if word == CASES:
        return prospect.open_splits.get(number)
    for reference in references():
        if reference.word == word and reference.is_chosen and number.isdigit():
            row = prospect.at(reference, list(prospect.open_splits)).filter(pk=int(number)).first()
            if row is not None:
                return prospect.open_splits[getattr(row, reference.column)]
    return None


def _why_not_open(generation: BoundaryGeneration) -> Refusal | None:
    if generation.loaded_at is None:
        return refuse(Why.GENERATION_NOT_LOADED, generation=generation.name)
    if generation.is_live or generation.live_at:
        return refuse(Why.GENERATION_LIVE, generation=generation.name)
    return None


def why_not_go_live(prospect: Prospect, by: Actor) -> Refusal | None:
    """Say why a generation cannot go live now."""
    generation = prospect.generation
    refusal = why_not_redraw(by) or _why_not_open(generation)
    if refusal:
        return refusal
    live = BoundaryGeneration.objects.filter(is_live=True).values_list("pk", flat=True).first()
    if generation.based_on_id != live:
        return refuse(Why.GENERATION_STALE, generation=generation.name)
    missing = prospect.missing()
    return refuse(Why.GENERATION_UNDECIDED, number=str(missing)) if missing else None


def why_not_done() -> Refusal | None:
    """Say why a generation that is being put in force must not stay so: something was left behind."""
    left = list(left_behind())
    return refuse(Why.LEFT_BEHIND, number=str(len(left)), first=left[0][0]) if left else None


def why_not_roll_back(generation: BoundaryGeneration, by: Actor) -> Refusal | None:
    """Say why a generation cannot be taken back: only the last one, while nothing new refers to it."""
    refusal = why_not_redraw(by)
    if refusal:
        return refusal
    if not generation.is_live or not generation.live_at or in_force()[-1:] != (generation.pk,):
        return refuse(Why.GENERATION_NOT_LIVE, generation=generation.name)
    if generation.based_on_id is None and not generation.loaded_at:
        return refuse(Why.GENERATION_FIRST)
    used = sum(used_since(generation).values())
    return refuse(Why.GENERATION_USED, number=str(used)) if used else None


def left_behind() -> Iterator[tuple[str, str]]:
    """Find what stands in a division that has ended: (what, where)."""
    for reference in references():
        field = reference.model._meta.get_field(reference.column).name
        rows = reference.rows().filter(**{f"{field}__valid_to__isnull": False}).order_by("pk")
        for pk, code in rows.values_list("pk", reference.column):
            yield f"{reference.word}:{pk}", code


def used_since(generation: BoundaryGeneration) -> dict[str, int]:
    """Count by kind what has come to refer to the new codes since, or was changed after it followed."""
    new = list(
        NamedDivision.objects.filter(generation=generation, was_name="").values_list("code", flat=True)
    )
    found: dict[str, int] = {}
    for reference in references():
        followed = FollowedRow.objects.filter(
            generation=generation, label=reference.label, column=reference.column
        )
        mine = dict(followed.values_list("row", "new"))
        now = dict(reference.rows().filter(pk__in=followed.values("row")).values_list("pk", reference.column))
        changed = sum(now.get(row) != code for row, code in mine.items())
        fresh = reference.model._base_manager.filter(**{f"{reference.column}__in": new}).exclude(
            pk__in=followed.values("row")
        )
        if number := changed + fresh.count():
            found[reference.word] = number
    places = Q(place__in=new, sent_at__gt=generation.live_at)
    if number := Handoff.objects.filter(places).count():
        found["handoff"] = number
    moved = FollowedRow.objects.filter(generation=generation, label=Journey._meta.label, column="holder_id")
    held = dict(moved.values_list("row", "new"))
    lie = dict(Journey.objects.filter(pk__in=moved.values("row")).values_list("pk", "holder_id"))
    if number := sum(str(lie.get(row)) != new_desk for row, new_desk in held.items()):
        found["desk"] = number
    return found
