"""What does an old and a young row of each period of findings look like? See `tests.privacy.planting`."""

from collections.abc import Callable
from datetime import datetime

from hongyan.finding import actions
from hongyan.finding.models import Company, Consent, Finding, Referral
from hongyan.finding.said import REFERRAL, Said, tidy
from hongyan.members.models import new_uid
from tests.world import SETUP, TIANSHUI_SOUTH, World

Left = tuple[Callable[[], bool], Callable[[], bool]]
STRANGER = tidy(name="石敢当", phone="10099990001", home="浙江省杭州市萧山区")


def register(world: World, at: datetime, said: Said = STRANGER, home: str = "330109") -> Finding:
    """Let the community register somebody it has found."""
    return actions.register_found(
        organization=world["tianshui_south"],
        said=said,
        home=home,
        consent=Consent.SPOKEN,
        by=world.actor("community_secretary"),
        at=at,
    )


def company_of(world: World, at: datetime) -> Company:
    """Give the community a company with a poster."""
    found = Company.objects.filter(organization=world["tianshui_south"]).first()
    return found or Company.objects.create(
        organization=world["tianshui_south"],
        name="长河化工有限公司",
        division_id=TIANSHUI_SOUTH,
        added_at=at,
        added_by=SETUP,
    )


def waiting(world: World, at: datetime, phone: str) -> Referral:
    """Put down a name that waits for its owner's word."""
    uid = new_uid()
    return Referral.objects.create(
        uid=uid,
        company=company_of(world, at),
        source="poster",
        said_sealed=tidy(name="石敢当", phone=phone).sealed(REFERRAL, uid),
        phone_hash=phone,
        made_at=at,
        made_by="system:poster",
    )


def _full(finding: Finding) -> bool:
    one = Finding.objects.get(pk=finding.pk)
    return bool(bytes(one.said_sealed)) or one.home_place_id is not None or bool(one.answer)


def _found_text(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for at in (old, young):
        finding = register(world, at)
        asked = world.actor("chengguan_department")
        rows.append(actions.deny_found(finding=finding, note="查无此人", by=asked, at=at))
    return lambda: _full(rows[0]), lambda: _full(rows[1])


def _unanswered_findings(world: World, old: datetime, young: datetime) -> Left:
    rows = [register(world, at) for at in (old, young)]
    return lambda: _full(rows[0]), lambda: _full(rows[1])


def _there(*rows: Referral) -> Left:
    first, second = (row.pk for row in rows)
    return (
        lambda: Referral.objects.filter(pk=first).exists(),
        lambda: Referral.objects.filter(pk=second).exists(),
    )


def _unconfirmed_referrals(world: World, old: datetime, young: datetime) -> Left:
    return _there(waiting(world, old, "10099990001"), waiting(world, young, "10099990002"))


def _confirmed_referrals(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for number, at in enumerate((old, young)):
        row = waiting(world, at, f"1009999000{number}")
        finding = register(world, young)
        Referral.objects.filter(pk=row.pk).update(
            said_sealed=b"", phone_hash="", confirmed_at=at, confirmed_by="system:poster", finding=finding
        )
        rows.append(row)
    return _there(*rows)


FOUND_PLANTERS = {
    "found_text": _found_text,
    "unanswered_findings": _unanswered_findings,
    "unconfirmed_referrals": _unconfirmed_referrals,
    "confirmed_referrals": _confirmed_referrals,
}
