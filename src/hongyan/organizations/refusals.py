"""Why something cannot be done to an organisation or its stations, and what to do next?"""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about an organisation is refused."""

    PHOTO_CHANGED = "photo_changed"
    NOT_BELOW = "not_below"
    CLOSED_ALREADY = "closed_already"
    SUCCESSOR_MISSING = "successor_missing"
    SUCCESSOR_CLOSED = "successor_closed"
    SUCCESSOR_BELOW = "successor_below"
    SUCCESSOR_OUTSIDE = "successor_outside"
    CANNOT_HOST = "cannot_host"
    DESKS_DIFFER = "desks_differ"
    SAME_NAME = "same_name"
    SAME_PARENT = "same_parent"
    TOO_DEEP = "too_deep"
    CODE_TAKEN = "code_taken"
    NOBODY_CHOSEN = "nobody_chosen"
    REASON_MISSING = "reason_missing"


SENTENCES = {
    Why.NOT_BELOW: "{organization}不在您的下级，不能由您调整。请由它上级的组织部办理。",
    Why.CLOSED_ALREADY: "{organization}已经撤销或并入其他组织，可能刚由他人办理。请看它现在的页面。",
    Why.SUCCESSOR_MISSING: "请选择由哪个组织承接；列表里没有时，可填写它的组织代码。",
    Why.SUCCESSOR_CLOSED: "{organization}已撤销，不能承接。请另选一个组织。",
    Why.SUCCESSOR_BELOW: "{organization}就是它自己或它的下级，不能承接。请另选一个组织。",
    Why.SUCCESSOR_OUTSIDE: "{organization}不在您的管理范围。请由两家共同的上级组织部办理。",
    Why.CANNOT_HOST: "{organization}不是支部一级，接不了党员和纳管的人。请选择一个党支部。",
    Why.DESKS_DIFFER: "两个组织一个在平台办理、一个没有，不能直接承接。请另选一个，或先接入平台。",
    Why.SAME_NAME: "名称没有变。请写新的名称。",
    Why.SAME_PARENT: "{organization}已经是它的上级，不需要划转。",
    Why.TOO_DEEP: "划转后层级太多，系统放不下。请选择更高一级的组织。",
    Why.CODE_TAKEN: "组织代码{code}已有组织使用。请核对代码。",
    Why.NOBODY_CHOSEN: "请选择分到新组织的党员、党小组或纳管党员。没有人要分过去时，请直接设立新组织。",
    Why.REASON_MISSING: "请写明依据，例如批复文号，以后翻看时能明白为什么。",
    Why.PHOTO_CHANGED: "这个站点的照片刚刚已由他人更换，您这次没有保存。请看现在的照片，需要时再换。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
