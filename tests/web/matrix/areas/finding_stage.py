"""What do the doors about people who were found find on the stage, and what are they sent?"""

import uuid
from datetime import timedelta
from typing import Any

import time_machine

from hongyan.finding import actions
from hongyan.finding.models import Company, Consent, Referral
from hongyan.finding.posters import poster_path, referral_path
from hongyan.finding.said import tidy
from tests.web.matrix.stage import NAMES, Stage, phone_of
from tests.world import NOW, SETUP


def set_up(stage: Stage) -> None:
    """Let the community meet a member nobody has marked."""
    finding = actions.register_found(
        organization=stage.world["tianshui_south"],
        said=tidy(name=NAMES["roster"], phone=phone_of("roster")),
        home="",
        consent=Consent.SPOKEN,
        by=stage.world.actor("community_secretary"),
        at=NOW,
    )
    stage.numbers["found unmarked"] = finding.pk
    for place in ("jingning_park", "tianshui_south"):
        company = _company(stage, place)
        stage.numbers[f"companies {place}"] = company.pk
    park = stage.world["jingning_park"]
    actions.switch_referrals(organization=park, on=True, by=stage.world.actor("province_department"), at=NOW)
    stage.links["poster"] = poster_path(company).split("/")[2]
    said = tidy(name="石敢当", phone="10099990009")
    with time_machine.travel(NOW, tick=False):
        actions.refer(company=company, said=said, by=None, whence="192.0.2.7", at=NOW)
        referral = Referral.objects.get()
        stage.links["referral valid"] = referral_path(referral).split("/")[3]
        gone = Referral(pk=referral.pk + 1)
        stage.links["referral replaced"] = referral_path(gone).split("/")[3]
    stage.links["referral forged"] = stage.links["referral valid"][:-4] + "AAAA"
    with time_machine.travel(NOW - timedelta(days=8), tick=False):
        stage.links["referral expired"] = referral_path(referral).split("/")[3]


def _company(stage: Stage, place: str) -> Company:
    return Company.objects.create(
        organization=stage.world[place],
        name=f"{stage.world[place].name}食品有限公司",
        division_id=stage.world[place].division_id or "",
        added_at=NOW,
        added_by=SETUP,
    )


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Fill the forms so that nothing but the person can be in their way."""
    posted = method == "POST"
    if door.startswith("p/"):
        fields = {"name": "石敢当", "phone": "10099990008"}
        return f"/{door.replace('<str:token>', stage.links['poster'])}", fields if posted else {}
    if door.startswith("r/c/"):
        token = stage.links[f"referral {thing.partition(':')[0]}"]
        return f"/{door.replace('<str:token>', token)}", {"name": "石敢当"} if posted else {}
    if not door.startswith("found/"):
        return None
    return f"/{door.replace('<int:pk>', str(_number(stage, door, thing)))}", _fields(door) if posted else {}


def _number(stage: Stage, door: str, thing: str) -> int:
    if not thing:
        return 0
    if door.startswith("found/companies/"):
        return stage.numbers.get(f"companies {thing}", 0)
    if door.startswith(("found/referrals/", "found/estimate/")):
        return int(stage.world[thing].pk)
    return stage.numbers.get(f"found {thing}", 0)


def _fields(door: str) -> dict[str, Any]:
    """Fill a form."""
    stranger = {"name": "石敢当", "phone": "10099990001"}
    return {
        "found/register/": {"key": uuid.uuid4().hex, **stranger, "consent": "spoken"},
        "found/companies/add/": {"name": "朝露物业有限公司", "place": ""},
        "found/companies/<int:pk>/refer/": {**stranger, "agreed": "yes"},
        "found/referrals/<int:pk>/switch/": {"on": "yes"},
    }.get(door, {"note": "已与本人核对"})
