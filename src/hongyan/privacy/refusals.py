"""Why can a right not be granted, a consent not be used: one sentence each, saying what to do next?"""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """The reasons."""

    UNKNOWN_PURPOSE = "unknown_purpose"
    OLD_TEXT = "old_text"
    NO_CONSENT = "no_consent"
    FIELD_UNKNOWN = "field_unknown"
    VALUE_MISSING = "value_missing"
    VALUE_UNFIT = "value_unfit"
    ALREADY_ASKED = "already_asked"
    ERASED = "erased"
    NOT_YOURS = "not_yours"
    ANSWERED = "answered"
    REASON_MISSING = "reason_missing"
    STILL_AWAY = "still_away"
    NUMBER_TAKEN = "number_taken"
    NOT_AGREED = "not_agreed"
    SECOND_PERSON = "second_person"


SENTENCES = {
    Why.UNKNOWN_PURPOSE: "没有这一项用途，请刷新页面后再试。",
    Why.OLD_TEXT: "说明已经更新，请看过新的说明后再决定。",
    Why.NO_CONSENT: "您没有同意使用位置，这没关系：写下住址，或者一级一级选，办理一样快。",
    Why.FIELD_UNKNOWN: "请选择要更正的是哪一项。",
    Why.VALUE_MISSING: "请填写正确的内容，党支部照此核对。",
    Why.VALUE_UNFIT: "“{field}”应当这样写：{example}。请改好后再提交。",
    Why.ALREADY_ASKED: "这一项已经申请过，正在办理。要改内容，请先撤回原来的申请。",
    Why.ERASED: "这位党员的个人内容已经删除，不能再办理。",
    Why.NOT_YOURS: "这件事由党员所在党支部或其上级办理。",
    Why.ANSWERED: "这件申请已经办过了，请刷新页面。",
    Why.REASON_MISSING: "请写明理由，党员会看到。",
    Why.STILL_AWAY: "这位党员正在外出，请先办结这段流动，再办理删除。",
    Why.NUMBER_TAKEN: "另一名党员已经用这个公民身份号码登记，请和本人、上级党组织核对后再办理。",
    Why.NOT_AGREED: "要先由一位同志写明理由同意，再由另一位同志复核。",
    Why.SECOND_PERSON: "复核要由另一位有复核权的同志办理，不能是同意的人，也不能是本人。",
}
# How each particular is written, for whoever wrote it otherwise.
EXAMPLES = {
    "sex": "男，或 女",
    "category": "正式党员，或 预备党员",
    "birth_on": "1980-05-01",
    "joined_on": "2001-07-01",
    "phone": "11 位手机号码",
    "emergency_phone": "11 位手机号码，或区号加号码",
    "id_number": "18 位公民身份号码",
    "": "不超过 {length} 个字",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
