"""How many are needed for a branch, and what may be answered on the way to one?"""

from enum import StrEnum

# The rules of the Party: a branch from three full members on, a committee of it from seven on.
LEAST = 3
COMMITTEE_FROM = 7
COMMITTEE_LEAST = 3


class HostKind(StrEnum):
    """What lends a 流动党员党支部 its place."""

    PARK = "park"
    CHAMBER = "chamber"
    ASSOCIATION = "association"
    LIAISON = "liaison"
    COMPANY = "company"


class DeclineReason(StrEnum):
    """Why home does not want a branch there for now."""

    SCATTERED = "scattered"
    RETURNING = "returning"
    WELL_KEPT = "well_kept"
    NO_BODY = "no_body"
    UNWILLING = "unwilling"


class State(StrEnum):
    """Where the founding of a branch stands."""

    CONSULTING = "consulting"
    ANSWERED = "answered"
    FOUNDED = "founded"
    DROPPED = "dropped"


class Consultation(StrEnum):
    """What the destination answers."""

    AGREES = "agrees"
    REMARKS = "remarks"
    WAIT = "wait"


class StepVerb(StrEnum):
    """What was done in a founding, in the words of its actions."""

    PROPOSE = "propose_branch"
    ANSWER = "answer_consultation"
    AGAIN = "consult_again"
    CLIMB = "climb_founding"
    FOUND = "found_branch"
    DROP = "drop_founding"


class JoinAnswer(StrEnum):
    """What a member answers who is asked whether he joins."""

    AGREED = "agreed"
    DECLINED = "declined"


HOST_LABELS = {
    HostKind.PARK: "园区",
    HostKind.CHAMBER: "商会",
    HostKind.ASSOCIATION: "协会",
    HostKind.LIAISON: "联络站",
    HostKind.COMPANY: "企业",
}
DECLINE_LABELS = {
    DeclineReason.SCATTERED: "住得太散，难以一起过组织生活",
    DeclineReason.RETURNING: "多数近期返乡",
    DeclineReason.WELL_KEPT: "当地支部已经管得很好",
    DeclineReason.NO_BODY: "没有合适的依托单位",
    DeclineReason.UNWILLING: "党员们不愿意",
}
STATE_LABELS = {
    State.CONSULTING: "正在商流入地",
    State.ANSWERED: "等流出地决定",
    State.FOUNDED: "已设立",
    State.DROPPED: "不再办理",
}
CONSULTATION_LABELS = {
    Consultation.AGREES: "同意设立",
    Consultation.REMARKS: "同意并提出意见",
    Consultation.WAIT: "请暂缓",
}
STEP_LABELS = {
    StepVerb.PROPOSE: "提出设立",
    StepVerb.ANSWER: "流入地答复",
    StepVerb.AGAIN: "再次商请",
    StepVerb.CLIMB: "逾期未答复，报上一级",
    StepVerb.FOUND: "决定设立",
    StepVerb.DROP: "不再办理",
}
JOIN_LABELS = {JoinAnswer.AGREED: "本人同意", JoinAnswer.DECLINED: "本人不加入"}

UNDER_WAY = (State.CONSULTING, State.ANSWERED)
AGREEING = (Consultation.AGREES, Consultation.REMARKS)
