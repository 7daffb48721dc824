"""Does a desk hear once a day how much is due, and no phone ring at night?"""

from datetime import timedelta

from hongyan.journeys import actions
from hongyan.journeys.periods import DEFAULT, awake
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice
from tests.world import NOW, World, add_member, journey_at

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_t14_what_is_due_at_a_desk_is_one_digest_of_so_many(world: World) -> None:
    for number in range(5):
        add_member(world, f"m{number}", f"路{number}平", "village")
        journey_at(world, Status.HOSTED, f"m{number}")
    late = NOW + 31 * DAY
    actions.raise_due(at=late)
    before = Notice.objects.count()
    assert actions.digest_due(at=late) == 4
    assert actions.digest_due(at=late + HOUR) == 0
    assert Notice.objects.count() == before + 4
    told = {
        notice.recipient: [notice.facts[name] for name in ("due", "calls", "raised")]
        for notice in Notice.objects.filter(kind="digest")
    }
    assert told == {
        f"organization:{world['village'].pk}": ["5", "0", "0"],
        f"organization:{world['tianshui_south'].pk}": ["5", "0", "0"],
        f"organization:{world['minqin_town'].pk}": ["0", "0", "5"],
        f"organization:{world['tuanjie'].pk}": ["0", "0", "5"],
    }
    assert actions.digest_due(at=late + DAY) == 2


def test_nothing_due_is_nothing_told(world: World) -> None:
    journey_at(world, Status.AWAITING)
    assert actions.digest_due(at=NOW) == 0


def test_at_night_a_message_waits_for_the_morning(world: World) -> None:
    night = NOW.replace(hour=23, minute=30)
    assert awake(night, DEFAULT) == (NOW + DAY).replace(hour=9, minute=0)
    assert awake(NOW.replace(hour=3), DEFAULT) == NOW
    assert awake(NOW + HOUR, DEFAULT) == NOW + HOUR
    journey = journey_at(world, Status.AWAITING, at=night)
    (message,) = Notice.objects.filter(subject=f"journey:{journey.pk}", channel="sms")
    assert message.not_before == NOW + DAY
    actions.remind_due(at=night + DAY + HOUR)
    last = Notice.objects.filter(subject=f"journey:{journey.pk}", channel="sms").latest("pk")
    assert last.not_before == NOW + 2 * DAY
