"""Why can a letter not be written, printed again or answered?"""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about a letter is refused."""

    WRONG_CODE = "wrong_code"
    BRANCH_MISSING = "branch_missing"
    CONTACT_MISSING = "contact_missing"
    WORDS_MISSING = "words_missing"
    NOT_WAITING = "not_waiting"
    ALREADY_WRITTEN = "already_written"


SENTENCES = {
    # The same for every reason: whoever guesses learns nothing.
    Why.WRONG_CODE: "这个回执码不对、已用过或已过期。请核对函上的 16 位字符；仍不行，请打函上的电话。",
    Why.BRANCH_MISSING: "请写明由哪个党支部接收。",
    Why.CONTACT_MISSING: "请写明联系人和联系电话，对方好与您交接。",
    Why.WORDS_MISSING: "请写明情况：他现在住在哪里，或需要核实什么。",
    Why.NOT_WAITING: "这封函已有回音，或此事已另行办理，不需要再打印。",
    Why.ALREADY_WRITTEN: "这封函刚才已经写好。需要再打印时，请在函件页面重新打印。",
}

Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
