"""Which cases lie on which desk of the story when a newcomer first looks?"""

from dataclasses import dataclass

Step = tuple[str, float] | tuple[str, float, str] | tuple[str, float, str, str]
VILLAGE = "620621100203"
SOUTH = "620102016006"
STREET = "620102016"
LIBERATION = "620802001001"


@dataclass(frozen=True)
class Scene:
    """One member's case: where from and to, marked how many days ago, then steps as (verb, hours ago, detail)."""

    home: str
    to: str
    marked: float
    steps: tuple[Step, ...] = ()
    key: str = ""
    employer: str = ""
    departs_in: int = 0
    text: str = ""


HOSTED_SOUTH: tuple[Step, ...] = (("check_in", 900, SOUTH), ("accept", 890, "caretaker"), ("contact", 200))
SCENES = (
    # The desk of the village secretary.
    Scene(VILLAGE, "620102", 2, key="worker", employer="长河建筑劳务有限公司", text="兰州市城关区团结新村街道"),
    Scene(VILLAGE, "650102", 24),
    Scene(VILLAGE, "330109", 19),
    Scene(VILLAGE, "620102", 6, (("find", 5, SOUTH),)),
    Scene(VILLAGE, "110105", 1, departs_in=3),
    Scene(VILLAGE, "620105", 80, (
        ("check_in", 1800, "620105002009"), ("accept", 1790), ("contact", 690), ("start_return", 90),
        ("write_closing", 60, "参加组织生活正常，党费交到了上月"))),
    # Nobody hears of him any more: what was tried stands in the log.
    Scene(VILLAGE, "620105", 260, (
        ("check_in", 6100, "620105002009"), ("accept", 6090), ("contact", 4900),
        ("flag_lost", 400, "电话停机，同乡也联系不上"),
        ("log_search", 380, "phone:nothing", "三次拨打都是停机"),
        ("log_search", 300, "wechat:nothing", "同乡群里留言，没有回复"),
        ("log_search", 90, "family:trace", "家属说换了工地，新号码还不知道"))),
    Scene(VILLAGE, "620102", 90, (*HOSTED_SOUTH[:2], ("contact", 715))),
    Scene(VILLAGE, "620102", 4, (("check_in", 18, SOUTH), ("send_back", 3, "所留电话两次未接，请核实是否已到兰州"))),
    # The county's desk at home: places that are not on the platform.
    Scene("620621101200", "330109", 9, (("check_in", 16, "330109"), ("write_letter", 4, "330109")), employer="云帆快递服务部"),
    Scene("620621102200", "110105", 12, (("check_in", 8, "110105"),)),
    Scene("620621103200", "440305", 30, (
        ("check_in", 600, "440305"), ("write_letter", 590, "440305"), ("answer_letter", 500, "粤海街道社区党委"))),
    # The street, the district and the city at the destination.
    Scene("620621101200", "620102", 7, (("check_in", 15, "620102"),), text="城关区雁滩一带，还在找房"),
    Scene("620825100200", "620102", 8, (("check_in", 12, "620102"),)),
    Scene("620826101200", "620102", 5, (("check_in", 6, "620102"),), employer="新禾餐饮管理有限公司"),
    Scene("620602101200", "620102", 6, (("check_in", 17, "620102"), ("forward", 9, STREET))),
    Scene("620821100200", "620102", 9, (("check_in", 16, "620102"), ("forward", 11, STREET)), text="天水南路218号"),
    Scene("620621104200", "620102", 9, (("check_in", 18, STREET),), text="团结新村街道，租房"),
    Scene("620503103201", "6201", 4, (("check_in", 10, "6201"),)),
    Scene("620602102201", "6201", 5, (
        ("check_in", 19, "620102"), ("escalate", 4, "本人白天在城关、晚上住安宁，请市里确定"))),
    Scene("620826101200", "62", 3, (("check_in", 7, "62"),)),
    Scene("620825100200", "6201", 8, (("check_in", 18, "6201"), ("escalate", 5, "在兰州与白银两地跑运输，请省里裁定"))),
    # The community that accepts.
    Scene("620621101200", "620102", 5, (("check_in", 14, SOUTH),), text="天水南路社区，与老乡合租"),
    Scene("620602101200", "620102", 6, (("check_in", 4, SOUTH),)),
    Scene("620825100200", "620102", 8, (("check_in", 15, "620102"), ("forward", 3, SOUTH))),
    Scene("620821101200", "620105", 120, (
        ("check_in", 2600, "620105002009"), ("accept", 2590), ("contact", 300), ("relocate", 6, SOUTH))),
    *(Scene(home, "620102", 60 + 7 * number, HOSTED_SOUTH) for number, home in enumerate(
        ("620621105200", "620602103200", "620825101200", "620826102200", "620821102200", "620503103201"))),
    Scene("620826101200", "620102", 75, (*HOSTED_SOUTH[:2], ("contact", 735))),
    # The community at 平凉, its driver, and the neighbours.
    Scene("620825100200", "620802", 3, (("check_in", 9, LIBERATION),), key="driver", text="东关街道解放中路社区"),
    Scene("620826102200", "620802", 6, (("check_in", 5, LIBERATION),)),
    Scene("620821103200", "620802", 70, (("check_in", 1500, LIBERATION), ("accept", 1480), ("contact", 710))),
    Scene("620821100200", "620802", 200, (
        ("check_in", 4600, "620802003901"), ("accept", 4590), ("contact", 260)), key="taxi_driver"),
    Scene("620826103200", "620802", 4, (("check_in", 8, "620802003901"),)),
    # The branches far away.
    Scene("620602101200", "650102", 150, (
        ("check_in", 3300, "650102"), ("accept", 3280), ("contact", 310)), key="trader"),
    Scene("620602103200", "650104", 6, (("check_in", 10, "650104"),)),
    Scene("620621102200", "650102", 9, (("check_in", 17, "650102"),), employer="远程货运有限公司"),
    Scene("620621103200", "650103", 100, (("check_in", 2200, "650103"), ("accept", 2190), ("contact", 730))),
    Scene("620826101200", "620102", 20, (
        ("check_in", 30, "620802"), ("relocate", 18, SOUTH),
        ("redirect", 7, "demo-pingliang-lanzhou", "工地常换，由驻兰联络站党支部接收更合适"))),
    Scene("620825101200", "620103", 130, (
        ("check_in", 2900, "620103"), ("redirect", 2890, "demo-pingliang-lanzhou", "经常变更务工地点"),
        ("accept", 2880), ("contact", 400))),
    # Workplaces first.
    Scene("620825101200", "620826", 5, (("check_in", 11, "620826"),), employer="金穗果蔬加工有限公司"),
    Scene("620821102200", "620826", 110, (
        ("check_in", 2400, "620826"), ("accept", 2390), ("contact", 350)), employer="成纪纸箱包装有限公司"),
    Scene("620503103201", "620171", 6, (("check_in", 13, "620171"),), employer="秦川新材料有限公司"),
    Scene("620621104200", "620602", 7, (("check_in", 9, "620602"),), employer="凉州物流园"),
    # Who contributes.
    Scene("620621101200", "620602", 180, (
        ("check_in", 4000, "620602001004"), ("accept", 3990), ("contact", 280)), key="volunteer"),
    Scene("620621106200", "620602", 4, (("check_in", 7, "620602001004"),)),
    Scene("620503103201", "620105", 160, (
        ("check_in", 3500, "620105002009"), ("accept", 3490), ("contact", 240)), key="student"),
    Scene("620503103201", "620105", 3, (("check_in", 6, "620105002009"),)),
)  # fmt: skip
# Members of the village who are at home, so that there is somebody to mark.
AT_HOME = 14
