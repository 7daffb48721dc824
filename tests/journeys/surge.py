"""Whom does a surge bring: thousands of members of one village who have just checked in at one community?"""

from datetime import timedelta

from django.db.models import Max

from hongyan.audit.actions import record_many
from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status, Verb
from hongyan.members.models import Member, Sex
from hongyan.members.sealing import id_number_hash, phone_hash, seal_id_number, seal_phone
from tests.world import NOW, SETUP, TODAY, World, arrival

BATCH = 500


def members(world: World, number: int, branch: str = "village") -> list[Member]:
    """Put many invented members on a roster at once: nobody can have these numbers."""
    home = world[branch]
    first = int(Member.objects.aggregate(last=Max("pk"))["last"] or 0) + 1_000_000
    made = []
    for place in range(first, first + number):
        uid, phone, card = f"{place:032x}", f"100{place:08d}", f"620621{place:011d}A"
        made.append(
            Member(
                uid=uid,
                name=f"何{place}",
                sex=Sex.MALE,
                branch=home,
                branch_path=home.path,
                phone_sealed=seal_phone(phone, uid),
                phone_hash=phone_hash(phone),
                id_number_sealed=seal_id_number(card, uid),
                id_number_hash=id_number_hash(card),
                created_at=NOW,
                created_by=SETUP,
            )  # fmt: skip
        )
    return Member.objects.bulk_create(made, batch_size=BATCH)


def awaited(world: World, number: int, branch: str = "village") -> list[int]:
    """Mark many members at once, as a seed does; return the numbers of their journeys."""
    home, by = world[branch], world.actor("village_secretary").code
    made = Journey.objects.bulk_create(
        [
            Journey(
                member=member,
                status=Status.AWAITING,
                home=home,
                home_path=home.path,
                holder=home,
                holder_path=home.path,
                due_at=NOW + timedelta(days=15),
                departs_on=TODAY,
                marked_at=NOW,
                marked_by=by,
            )  # fmt: skip
            for member in members(world, number, branch)
        ],
        batch_size=BATCH,
    )
    marks = [
        Transition(
            journey=one, number=1, verb=Verb.MARK, target=Status.AWAITING, at=NOW, by=by, home_path=home.path
        )
        for one in made
    ]
    Transition.objects.bulk_create(marks, batch_size=BATCH)
    subjects = [f"journey:{one.pk}" for one in made]
    record_many(actor=by, verb="mark", subjects=subjects, details={"from": "", "to": "awaiting"}, at=NOW)
    return [one.pk for one in made]


def surge(world: World, number: int) -> dict[int, int | None]:
    """Let many members check in at one community; return their cases with the version a desk sees."""
    arrivals = dict.fromkeys(awaited(world, number), arrival())
    outcome = actions.check_in_many(arrivals=arrivals, by=world.actor("window_clerk"), at=NOW)
    return dict(Journey.objects.filter(pk__in=outcome.done).values_list("pk", "version"))
