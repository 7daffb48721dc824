"""What do neighbours, the journeys two installations share and their messages say in people's words?"""

from enum import StrEnum


class Side(StrEnum):
    """Which side of a shared journey this installation is."""

    HOME = "home"
    GUEST = "guest"


class Stage(StrEnum):
    """Where a shared journey stands: the same on both sides once everything was told."""

    WAITING = "waiting"
    TAKEN = "taken"
    RETURNING = "returning"
    ENDED = "ended"


class Kind(StrEnum):
    """What a message tells."""

    HANDOVER = "handover"
    ACCEPTED = "accepted"
    MOVED = "moved"
    SENT_HOME = "sent_home"
    CONTACT = "contact"
    RETURNING = "returning"
    ENDED = "ended"
    RECONCILE = "reconcile"


class Way(StrEnum):
    """Where a message stands on its way."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"


SIDE_LABELS = {Side.HOME: "我方流出", Side.GUEST: "对方流入"}
CROSSING_LABELS = {
    Stage.WAITING: "等对方接收",
    Stage.TAKEN: "已纳管",
    Stage.RETURNING: "返回中",
    Stage.ENDED: "已办结",
}
MESSAGE_LABELS = {
    Kind.HANDOVER: "移交",
    Kind.ACCEPTED: "已接收",
    Kind.MOVED: "转到别的组织",
    Kind.SENT_HOME: "退回核实",
    Kind.CONTACT: "已联系本人",
    Kind.RETURNING: "本人返乡",
    Kind.ENDED: "已办结",
    Kind.RECONCILE: "对账",
}
WAY_LABELS = {Way.WAITING: "待送达", Way.LEASED: "正在送", Way.SENT: "已送达", Way.DEAD: "送不到，请处理"}
# Why a message has not arrived yet, and what to do.
FAILURE_LABELS = {
    "unreachable": "连不上对方，会自动再送",
    "busy": "对方暂时忙，会自动再送",
    "not_believed": "对方没有认可：请核对双方钥匙和时钟",
    "bad_receipt": "回执不是对方签的，会自动再送",
    "early": "对方还缺前面的消息，会自动再送",
    "insecure": "对方地址不是 https，不能送",
    "not_served": "对方那里没有组织能办，请改用别的办法",
    "place_unknown": "对方不认得这个地方，请核对去向",
    "incomplete": "对方说内容不完整，请联系技术人员",
    "unreadable": "对方打不开，请核对对方的钥匙",
    "unknown_journey": "对方没有这件事，请对账",
    "same_id": "编号与另一条重复，请联系技术人员",
    "not_now": "对方此时不能办，请电话联系",
}
# What stands on a timeline, by whom nobody here has an account.
ACROSS_TO = "交给{name}办理"
TAKEN_ACROSS = "{name}回执：由{where}接收，联系人{contact}"
SENT_HOME = "对方退回核实：{note}"
RETURN_TALK = "流出地已完成返回谈话"
NOTE = 300


def evidence(name: str, where: str, contact: str) -> str:
    """Say on the timeline who over there has taken a member in."""
    return TAKEN_ACROSS.format(name=name, where=where, contact=contact or "未写明")[:NOTE]
