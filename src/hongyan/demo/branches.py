"""Which branches, parks and stations of the article does the demo have?"""

from dataclasses import dataclass

from hongyan.demo.titles import Title, settlement
from hongyan.demo.tree import Node, Tree
from hongyan.geography.names import name_of
from hongyan.organizations.kinds import AreaKind, Kind, StationTier, Tier

HOURS = "工作日 8:30–18:00"


@dataclass(frozen=True)
class Branch:
    """One branch that serves a workplace or people of one home far away."""

    code: str
    name: str
    short_name: str
    kind: Kind
    parent: str
    division: str
    host_body: str
    address: str
    area: AreaKind
    workplaces: str = ""
    origin: str | None = None
    small: bool = True


def _away(
    code: str, home: str, city: str, parent: str, division: str, host_body: str, *, small: bool = False
) -> Branch:
    """Describe the branch a prefecture keeps in a distant city."""
    name = f"{home}驻{city}流动党员党支部"
    return Branch(
        f"demo-{code}", f"中共{name}", name, Kind.MOBILE_BRANCH, parent, division, host_body,
        f"{city}{host_body}二楼", AreaKind.FALLBACK, origin=parent, small=small,
    )  # fmt: skip


BRANCHES = (
    _away("pingliang-lanzhou", "平凉", "兰州", "6208", "6201", "平凉市驻兰州办事处", small=True),
    _away("wuwei-urumqi", "武威", "乌鲁木齐", "6206", "6501", "新疆武威商会", small=True),
    _away("tianshui-xian", "天水", "西安", "6205", "6101", "陕西天水商会"),
    _away("qingyang-xian", "庆阳", "西安", "6210", "6101", "陕西庆阳商会"),
    _away("dingxi-beijing", "定西", "北京", "6211", "11", "北京定西企业商会"),
    _away("linxia-lhasa", "临夏", "拉萨", "6229", "5401", "西藏临夏商会"),
    _away("longnan-chengdu", "陇南", "成都", "6212", "5101", "四川陇南商会"),
    _away("zhangye-urumqi", "张掖", "乌鲁木齐", "6207", "6501", "新疆张掖商会"),
    Branch(
        "demo-jingning-park", "中共静宁工业园区流动党员支部委员会", "静宁工业园区流动党员党支部", Kind.MOBILE_BRANCH,
        "620826", "620826", "静宁工业园区管理委员会", "静宁工业园区管委会一楼党群服务中心", AreaKind.WORKPLACE,
        "静宁工业园区\n金穗果蔬加工有限公司\n成纪纸箱包装有限公司\n陇原农机制造有限公司",
    ),
    Branch(
        "demo-chemical-park", "中共兰州新区化工园区联合支部委员会", "兰州新区化工园区联合党支部", Kind.JOINT_BRANCH,
        "620171", "620171", "兰州新区化工园区管理委员会", "兰州新区化工园区智慧管理中心", AreaKind.WORKPLACE,
        "兰州新区化工园区\n秦川新材料有限公司\n陇塬精细化工有限公司\n西岔医药中间体有限公司",
    ),
    Branch(
        "demo-liangzhou-station", "中共凉州区新兴领域党群服务中心支部委员会", "凉州区流动党员服务站党支部", Kind.BRANCH,
        "620602", "620602", "凉州区新兴领域党群服务中心", "凉州区新兴领域党群服务中心", AreaKind.WORKPLACE,
        "凉州区新兴领域\n凉州物流园\n骑手驿站",
    ),
)  # fmt: skip

# By organisation: tier, name, place, address, hours, what it offers.
STATIONS = (
    ("620102016006", StationTier.WINDOW, "", "团结新村街道天水南路社区党群服务中心一楼", HOURS, "报到代办、政策咨询"),
    ("620802001001", StationTier.WINDOW, "", "东关街道解放中路社区党群服务中心", HOURS, "报到代办、就业帮扶、微管家"),
    ("620802003901", StationTier.WINDOW, "", "西郊街道崇文社区党群服务中心", HOURS, "报到代办、志愿服务登记"),
    ("620602001004", StationTier.WINDOW, "", "东大街街道会馆巷社区党群服务中心", HOURS, "报到代办、一老一少结对"),
    ("620105002009", StationTier.WINDOW, "", "安宁西路街道枣林西社区党群服务中心", HOURS, "报到代办、兴趣班场地"),
    ("demo-liangzhou-station", StationTier.STATION, "凉州区流动党员服务站", "凉州区新兴领域党群服务中心一楼",
     "每天 8:00–21:00", "图书室、健身室、手机充电、饮水、热饭"),
    ("demo-pingliang-lanzhou", StationTier.LIAISON, "平凉市驻兰州市流动党员联络站", "兰州市城关区平凉市驻兰州办事处二楼",
     HOURS, "就业信息、商会资源、三会一课"),
    ("demo-wuwei-urumqi", StationTier.LIAISON, "武威市驻乌鲁木齐市流动党员联络站", "乌鲁木齐市新疆武威商会二楼",
     "每天 9:30–20:00", "摸排接收、兜底管理、法律咨询"),
    ("demo-jingning-park", StationTier.STATION, "静宁工业园区流动党员服务站", "静宁工业园区管委会一楼", HOURS, "新入职党员登记"),
    ("demo-chemical-park", StationTier.STATION, "兰州新区化工园区流动党员服务站", "兰州新区化工园区智慧管理中心", HOURS,
     "从业人员政治面貌登记、报到引导"),
)  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One station before it is a row."""

    node: Node
    tier: StationTier
    name: str
    division: str
    address: str
    hours: str
    services: str


def plant_branches(tree: Tree, small: bool) -> list[tuple[Node, Branch]]:
    """Add the branches of the article to the tree."""
    planted = []
    for branch in BRANCHES:
        if small and not branch.small:
            continue
        title = Title(branch.name, branch.short_name, branch.kind, Tier.GRASSROOTS)
        node = tree.plant(title, tree.at[branch.parent], branch.division, code=branch.code, desk=True)
        node.host_body, node.address = branch.host_body, branch.address
        planted.append((node, branch))
    return planted


def doors(tree: Tree) -> list[Door]:
    """List the stations: the article's, then a window at every community and a station at every county's centre."""
    found = []
    for code, tier, name, address, hours, services in STATIONS:
        node = tree.by_code.get(code) or tree.at[code]
        division = "620102" if code == "demo-pingliang-lanzhou" else node.division or ""
        title = name or f"{settlement(name_of(division) or '崇文社区')}流动党员服务窗口"
        found.append(Door(node, tier, title, division, address, hours, services))
    known = {door.node.pk for door in found}
    for division, node in tree.at.items():
        if len(division) == 12 and node.title.short_name.endswith("社区党委") and node.pk not in known:
            place = node.title.short_name.removesuffix("党委")
            address = f"{name_of(division[:9]) or ''}{place}党群服务中心"
            found.append(
                Door(
                    node, StationTier.WINDOW, f"{place}流动党员服务窗口", division, address, HOURS, "报到代办"
                )
            )
    return found
