"""What does the scene hold of people who were found, and who opens which of their pages?"""

from hongyan.finding import actions
from hongyan.finding.models import Consent
from hongyan.finding.said import tidy
from hongyan.members.sealing import phone_of
from tests.attacks.visiting import Scene, visits
from tests.world import NOW, add_member


def lay_out(scene: Scene) -> None:
    """Let the community meet somebody home knows, and somebody nobody knows."""
    world = scene.world
    met = add_member(world, "m_unmarked", "霍清源", "village")
    for said, home, name in (
        (tidy(name="霍清源", phone=phone_of(met)), "", "found at home"),
        (tidy(name="石敢当", phone="10099990001", home="浙江省杭州市萧山区"), "330109", "found unknown"),
    ):
        finding = actions.register_found(
            organization=world["tianshui_south"],
            said=said,
            home=home,
            consent=Consent.SPOKEN,
            by=world.actor("community_secretary"),
            at=NOW,
        )
        scene.numbers[name] = finding.pk
    company = actions.add_company(
        organization=world["jingning_park"],
        name="金果食品有限公司",
        place="620826",
        by=world.actor("park_secretary"),
        at=NOW,
    )
    scene.numbers["company"] = company.pk
    park = world["jingning_park"]
    actions.switch_referrals(organization=park, on=True, by=world.actor("park_secretary"), at=NOW)


PAGES = {
    "found": visits("community_secretary", "village_secretary", "chengguan_department"),
    "register_found": visits("community_secretary"),
    "finding": (
        *visits("village_secretary", number="found at home"),
        *visits("chengguan_department", number="found unknown"),
    ),
    "estimate": (*visits("minqin_department"), *visits("province_department", organization="gansu")),
    "found_people": visits("minqin_department", organization="minqin"),
    "companies": visits("park_secretary"),
    "poster": visits("observer", number="company"),
    "refer": visits("observer", number="company"),
}
NOT_PAGES = {
    "come_forward": "needs a poster; tests/web/found and the browser's story walk it",
    "confirm_referral": "needs the link in a message; tests/web/found and the browser's story walk it",
}
