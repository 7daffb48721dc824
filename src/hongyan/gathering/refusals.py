"""Why something about a branch of one origin is refused: a value with its sentence."""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which a suggestion, a founding or a joining is refused."""

    NOT_YOURS = "not_yours"
    STALE = "stale"
    OVER = "over"
    RESTING = "resting"
    REASON_MISSING = "reason_missing"
    TOO_FEW = "too_few"
    NOT_THERE = "not_there"
    NOT_CONSULTED = "not_consulted"
    ASKED_TO_WAIT = "asked_to_wait"
    ANSWERED = "answered"
    NO_HOST_BODY = "no_host_body"
    COMMITTEE_MISSING = "committee_missing"
    SECRETARY_NOT_FULL = "secretary_not_full"
    BRANCH_THERE = "branch_there"
    UNDER_WAY = "under_way"
    SUPERIOR_OUTSIDE = "superior_outside"
    PARTICULARS_MISSING = "particulars_missing"
    NAME_TAKEN = "name_taken"
    NOTE_MISSING = "note_missing"
    BRANCH_CLOSED = "branch_closed"
    NOBODY_CHOSEN = "nobody_chosen"
    NO_INVITATION = "no_invitation"
    KEY_REUSED = "key_reused"


SENTENCES = {
    Why.NOT_YOURS: "这一步由{holder}办理。请联系对方，或由它的上级办理。",
    Why.STALE: "这件事刚刚已由他人办理，您这次没有保存。请看现在的情况。",
    Why.OVER: "这条建议已不成立或已办完。请回到列表看最新情况。",
    Why.RESTING: "已答复暂不考虑，到期后会再提。现在想办，可以直接提出设立。",
    Why.REASON_MISSING: "请选择暂不考虑的原因，到期再提时能明白为什么。",
    Why.TOO_FEW: "所选正式党员只有 {count} 名，设立党支部要有 3 名，预备党员不计。请先建议加入就近的党支部。",
    Why.NOT_THERE: "所选的人里有人已离开、已加入其他流动党员党支部或已被问过。请刷新名单重新选择。",
    Why.NOT_CONSULTED: "还没有收到{place}的答复，不能设立。请等对方答复；对方不在平台的，商量后登记答复。",
    Why.ASKED_TO_WAIT: "{place}请暂缓设立。请先与对方商量，再点“再次商请”。",
    Why.ANSWERED: "流入地已有答复，您这次没有保存。请看现在的情况。",
    Why.NO_HOST_BODY: "请写明依托单位：由园区、商会、协会、联络站或企业提供场所，没有的不能设立。",
    Why.COMMITTEE_MISSING: "正式党员有 {count} 名，7 名以上要设支部委员会。请选出 3 名以上委员，含书记。",
    Why.SECRETARY_NOT_FULL: "书记和委员要从所选的正式党员里产生。请重新选择。",
    Why.BRANCH_THERE: "当地已有{branch}，不再另设。请建议党员加入。",
    Why.UNDER_WAY: "这里已在商议设立，不用重复提出。请看已有的办理情况。",
    Why.SUPERIOR_OUTSIDE: "{organization}不在您的管理范围，或不是党委。请选择您下级的党委。",
    Why.PARTICULARS_MISSING: "请写全党组织名称、地址和电话，党员和两地都要用。",
    Why.NAME_TAKEN: "{organization}下面已有同名的党组织。请换一个名称。",
    Why.NOTE_MISSING: "请写明意见或情况，让对方知道怎么办。",
    Why.BRANCH_CLOSED: "{branch}现在不能接收党员。请另选，或联系它的上级。",
    Why.NOBODY_CHOSEN: "请至少选择一名党员。",
    Why.NO_INVITATION: "没有等您答复的邀请，可能已答复过或已有变化。请看现在的情况。",
    Why.KEY_REUSED: "这张表已提交过。请刷新页面，看看是不是已经提出。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: object) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
