"""Which phrases are often needed in a note, ready to be tapped?"""

from hongyan.journeys.states import Status, Verb

# Phrases that are often needed: one tap puts them into the note.
PHRASES: dict[Verb, tuple[str, ...]] = {
    Verb.REDIRECT: ("本人住在对方辖区", "工作单位的党组织在对方", "本人希望到对方参加组织生活"),
    Verb.SEND_BACK: ("电话两次未接，请核实号码", "该地址已拆迁，请核实现住址", "本人称尚未到达，请核实"),
    Verb.ESCALATE: ("两家都认为应由对方接收", "地址在两个辖区交界", "本级没有合适的党支部"),
    Verb.DECIDE: ("以居住地为准", "以工作单位为准", "经与双方沟通一致"),
    Verb.REGISTER_OUTSIDE: ("对方电话确认接收", "已收到对方回执"),
    Verb.DENY: ("不是本支部党员", "本人尚未外出", "同名，请再核对"),
    Verb.CONTACT: ("电话联系，一切正常", "电话未接", "号码已停用", "微信联系，已约定报到时间"),
    Verb.START_RETURN: ("本人已返乡", "务工结束返回", "因家中有事返回"),
    Verb.HOLD_RETURN_TALK: ("在外一切正常，已叮嘱参加组织生活", "带回技术，愿意返乡创业", "近期还要外出"),
    Verb.WRITE_CLOSING: (
        "在外期间参加组织生活正常，党费按时交纳",
        "积极参加志愿服务，表现良好",
        "纳管时间较短，情况正常",
    ),
    Verb.FLAG_LOST: ("电话停机，同乡也联系不上", "搬离原住址，去向不明", "家属也不知道去向"),
    Verb.RECORD_DECISION: ("支部大会讨论通过，报上级党委批准", "继续查找，三个月后再议"),
    Verb.CANCEL: ("误标", "本人没有外出", "外出计划取消"),
    Verb.END: ("已完成返回谈话、查验活动证", "组织关系已转入当地"),
}
# What fits one answer only: shown when nobody was reached.
UNREACHED = ("电话未接", "号码已停用")
# What fits only while somebody has not checked in.
_BEFORE = ("微信联系，已约定报到时间",)


def phrases_for(verb: Verb, status: Status) -> tuple[str, ...]:
    """Return the phrases of a move that fit where a journey stands."""
    waits = status in (Status.PLANNED, Status.AWAITING)
    return tuple(one for one in PHRASES.get(verb, ()) if waits or one not in _BEFORE)
