"""May this list leave as a file, and if not, why not?"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings

from hongyan import refusals
from hongyan.members.permissions import Actor
from hongyan.members.rules import why_not_approve
from hongyan.privacy.exports import Export
from hongyan.vault.redaction import personal_number

VALID = timedelta(hours=24)
LEAST_WORDS = 4


class ExportWhy(StrEnum):
    """The reasons."""

    NOBODY = "nobody"
    WORDS_SHORT = "words_short"
    WORDS_NUMBER = "words_number"
    TOO_OFTEN = "too_often"
    NOT_YOURS = "not_yours"
    ANSWERED = "answered"
    NO_SECOND = "no_second"
    REASON_SHORT = "reason_short"
    WAITING = "waiting"
    REFUSED = "refused"
    OVER = "over"
    MADE = "made"
    GROWN = "grown"


EXPORT_WHY_LABELS = {
    ExportWhy.NOBODY: "名单里没有可以导出的人。请返回放宽条件。",
    ExportWhy.WORDS_SHORT: "请写明用途，至少四个字，例如“核对三季度台账”。",
    ExportWhy.WORDS_NUMBER: "用途里请不要写号码，也不要写党员姓名。",
    ExportWhy.TOO_OFTEN: "今天申请导出的次数已经用完，请明天再办，或直接在页面上查看。",
    ExportWhy.NOT_YOURS: "只有申请人本人可以导出这份名单。",
    ExportWhy.ANSWERED: "这份申请已经复核过了，请刷新页面。",
    ExportWhy.NO_SECOND: "这份名单没有超过上限，不需要复核。",
    ExportWhy.REASON_SHORT: "请写明复核意见，至少四个字，申请人会看到。",
    ExportWhy.WAITING: "人数超过上限，要等另一位有复核权的同志同意后才能导出。",
    ExportWhy.REFUSED: "复核没有通过。请看复核意见，调整后重新申请。",
    ExportWhy.OVER: "同意导出已超过二十四小时，请重新申请。",
    ExportWhy.MADE: "这份名单已经导出过一次。还需要时请重新申请。",
    ExportWhy.GROWN: "现在符合条件的人比申请时多，已超过准许的人数，请重新申请。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: ExportWhy) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(EXPORT_WHY_LABELS, why, {})


def cap() -> int:
    """Return how many people may leave without a second person."""
    return int(settings.HONGYAN_EXPORT_CAP)


def _length(text: str) -> int:
    return len("".join(text.split()))


def why_not_ask(people: int, words: str) -> Refusal | None:
    """Say why this list cannot be asked for."""
    if people < 1:
        return refuse(ExportWhy.NOBODY)
    if _length(words) < LEAST_WORDS:
        return refuse(ExportWhy.WORDS_SHORT)
    return refuse(ExportWhy.WORDS_NUMBER) if personal_number(words) else None


def why_not_answer(export: Export, by: Actor, at: datetime) -> Refusal | None:
    """Say why this person cannot decide about this list."""
    if not export.needs_second:
        return refuse(ExportWhy.NO_SECOND)
    if export.answer:
        return refuse(ExportWhy.ANSWERED)
    return why_not_approve(export.asked_by, by, export.path)


def why_not_make(export: Export, by: Actor, at: datetime, people: int | None = None) -> Refusal | None:
    """Say why the file cannot be made now; `people` is how many it would hold."""
    if export.asked_by != by.code:
        return refuse(ExportWhy.NOT_YOURS)
    if export.made_at:
        return refuse(ExportWhy.MADE)
    if export.answer == "refused":
        return refuse(ExportWhy.REFUSED)
    if export.needs_second and not export.answered_at:
        return refuse(ExportWhy.WAITING)
    if at - (export.answered_at or export.asked_at) > VALID:
        return refuse(ExportWhy.OVER)
    if people is None:
        return None
    if people < 1:
        return refuse(ExportWhy.NOBODY)
    return refuse(ExportWhy.GROWN) if people > max(export.people if export.answer else 0, cap()) else None
