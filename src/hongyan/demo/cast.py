"""Who are the fixed accounts of the story, and how are they found in a demo?

Officials by `User.username`, members by `Member.credential_number`; every name is invented.
"""

from dataclasses import dataclass

from hongyan.members.models import Member, User
from hongyan.members.roles import Role


@dataclass(frozen=True)
class Official:
    """One official of the story: the division or code of his organisation tells where he sits."""

    name: str
    role: Role
    organization: str
    title: str


# In the order of the story; `title` is what a sign-in card says.
OFFICIALS = {
    "village_secretary": Official("苏明远", Role.SECRETARY, "620621100203", "村党支部书记"),
    "minqin_department": Official("章一帆", Role.DEPARTMENT, "620621", "县委组织部"),
    "chengguan_department": Official("周景行", Role.DEPARTMENT, "620102", "区委组织部"),
    "street_organiser": Official("白静", Role.ORGANISER, "620102016", "街道党工委"),
    "community_secretary": Official("林知春", Role.SECRETARY, "620102016006", "社区党委书记"),
    "window_clerk": Official("程小满", Role.WINDOW, "620102016006", "社区服务窗口"),
    "caretaker": Official("孟晓棠", Role.CARETAKER, "620102016006", "微管家"),
    "liberation_secretary": Official("殷若彤", Role.SECRETARY, "620802001001", "社区党委书记"),
    "liaison_secretary": Official("郝望", Role.LIAISON, "demo-wuwei-urumqi", "驻外联络站"),
    "pingliang_liaison": Official("常怀川", Role.LIAISON, "demo-pingliang-lanzhou", "驻兰州联络站"),
    "park_secretary": Official("乔木生", Role.SECRETARY, "demo-jingning-park", "工业园区党支部"),
    "observer": Official("鲁一鸣", Role.OBSERVER, "demo-chemical-park", "企业观察员"),
    "lanzhou_department": Official("方若谷", Role.DEPARTMENT, "6201", "市委组织部"),
    "province_department": Official("关山", Role.DEPARTMENT, "62", "省委组织部"),
    "auditor": Official("池安澜", Role.AUDITOR, "62", "审计员"),
    # Behind the other doors of the article.
    "volunteer_secretary": Official("严听澜", Role.SECRETARY, "620602001004", "社区党委书记"),
    "zaolin_secretary": Official("任清和", Role.SECRETARY, "620105002009", "社区党委书记"),
    "chongwen_secretary": Official("施予安", Role.SECRETARY, "620802003901", "社区党委书记"),
    "liangzhou_station": Official("戚望舒", Role.SECRETARY, "demo-liangzhou-station", "流动党员服务站"),
    "chemical_secretary": Official("柏松年", Role.SECRETARY, "demo-chemical-park", "化工园区党支部"),
}


@dataclass(frozen=True)
class Traveller:
    """One member of the story: his name, the division of his branch, what he does, and his telephone.

    The numbers are the same in every demo, so that the examples of the documents run as printed; nobody of the
    crowd gets one of them (the serial that yields it is far beyond any demo).
    """

    name: str
    home: str
    occupation: str
    title: str
    phone: str


MEMBERS = {
    "traveller": Traveller("陈望川", "620621100203", "农民", "准备去兰州务工，还没有标记", "10000000001"),
    "worker": Traveller("宁致和", "620621100203", "建筑工人", "已标记去兰州，等待报到", "10000000002"),
    "driver": Traveller("罗小川", "620825100200", "司机", "庄浪县人，已在解放中路社区报到", "10000000003"),
    "trader": Traveller("贺长风", "620602101200", "个体工商户", "凉州区人，在乌鲁木齐经商", "10000000004"),
    "volunteer": Traveller("苗听雨", "620621101200", "企业职工", "在会馆巷社区参加志愿服务", "10000000006"),
    "taxi_driver": Traveller("滕远山", "620821100200", "出租车司机", "泾川县人，住崇文社区", "10000000007"),
    "technician": Traveller(
        "安知许", "620621100203", "化工技术员", "在兰州新区化工园区上班，还没有标记", "10000000009"
    ),
    "student": Traveller("尤知行", "620503103201", "高校学生", "天水人，住枣林西社区", "10000000008"),
}


def credential_of(key: str) -> str:
    """Return the credential number under which a member of the story is on the roster."""
    return f"DEMO-{key}"


def member_of(key: str) -> Member | None:
    """Find a member of the story, None when no demo is loaded."""
    return Member.objects.filter(credential_number=credential_of(key)).select_related("branch").first()


def members() -> dict[str, Member]:
    """Find every member of the story by key, in the order of the story."""
    found = {
        row.credential_number: row for row in Member.objects.filter(credential_number__startswith="DEMO-")
    }
    return {key: found[credential_of(key)] for key in MEMBERS if credential_of(key) in found}


def users() -> dict[str, User]:
    """Find every official of the story by username, in the order of the story."""
    found = {row.username: row for row in User.objects.filter(username__in=OFFICIALS, is_active=True)}
    return {username: found[username] for username in OFFICIALS if username in found}
