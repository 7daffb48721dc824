"""What does an old row and a young row of the roster's rules look like?"""

from collections.abc import Callable
from datetime import datetime

from hongyan.members.permissions import official
from hongyan.roster.actions import answer_gone, confirm_intake, incoming, take_in
from hongyan.roster.models import Chunk, Gone, GoneReason, Intake, Kind
from tests.documents.files import xlsx
from tests.roster.exports import invented, table
from tests.world import World

VILLAGE = "三雷镇三陶村党支部"
Left = tuple[Callable[[], bool], Callable[[], bool]]


def staged(world: World, number: int, at: datetime) -> Intake:
    """Take in a file with one row that fits and one that does not."""
    rows = [invented(number, VILLAGE), invented(number, "没有这个党支部")]
    actor = official(world.users["minqin_department"], at.date())
    with incoming(xlsx(table(rows)), "名册.xlsx") as file:
        return take_in(key=f"{number:032d}", organization=world["minqin"], file=file, by=actor, at=at)


def _settled(world: World, at: datetime) -> None:
    world.users["minqin_department"].appointments.filter(from_on__gt=at.date()).update(from_on=at.date())


def _staged_rows(world: World, old: datetime, young: datetime) -> Left:
    _settled(world, old)
    pks = [staged(world, number, at).pk for number, at in ((1, old), (2, young))]

    def left(pk: int) -> Callable[[], bool]:
        full = Chunk.objects.filter(intake=pk)
        return lambda: (
            full.exclude(accepted_sealed=b"").exists() or full.exclude(rejected_sealed=b"").exists()
        )

    return left(pks[0]), left(pks[1])


def _answered_gone(world: World, old: datetime, young: datetime) -> Left:
    _settled(world, old)
    actor = official(world.users["minqin_department"], young.date())
    intake = staged(world, 3, young)
    confirm_intake(intake=intake, kinds=[Kind.NEW], by=actor, at=young)
    first, second = intake.gone_members.order_by("pk")[:2]
    for gone, at in ((first, old), (second, young)):
        answer_gone(gone=gone, reason=GoneReason.TRANSFERRED, by=actor, at=at)
    return (
        lambda: Gone.objects.filter(pk=first.pk).exists(),
        lambda: Gone.objects.filter(pk=second.pk).exists(),
    )


ROSTER_PLANTERS = {"staged_rows": _staged_rows, "answered_gone": _answered_gone}
