"""Why an export is not taken in, confirmed or given up: a value with a sentence that says what to do next."""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about the roster is refused."""

    NO_FILE = "no_file"
    NOT_YOURS = "not_yours"
    COLUMNS_MISSING = "columns_missing"
    COLUMNS_TWICE = "columns_twice"
    NO_PEOPLE = "no_people"
    UNREADABLE = "unreadable"
    NOTHING_CHOSEN = "nothing_chosen"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    STILL_READING = "still_reading"
    DONE = "done"
    NEWER = "newer"
    ANSWERED = "answered"
    NOT_BOTH = "not_both"
    BOTH_AWAY = "both_away"
    MERGED = "merged"
    GONE = "gone"
    UNDONE = "undone"
    TOO_LATE = "too_late"


SENTENCES = {
    Why.NO_FILE: "还没有选择文件。请选择从全国系统导出的党员名册。",
    Why.NOT_YOURS: "{organization}的名册不归您维护。请由它的书记或上级组织部办理。",
    Why.COLUMNS_MISSING: "表里没有找到这些列：{columns}。请用全国系统导出的原表，不要删改表头。",
    Why.COLUMNS_TWICE: "表头里有重复的列：{columns}。请删去一列再上传。",
    Why.NO_PEOPLE: "只有表头，没有人员。请核对导出的范围。",
    Why.UNREADABLE: "{sentence}",
    Why.NOTHING_CHOSEN: "没有勾选任何一类。请至少勾选一类再确认，或放弃这次导入。",
    Why.CONFIRMED: "这次导入已由{who}确认，正在写入或已完成。请刷新页面。",
    Why.DISCARDED: "这次导入已由{who}放弃。需要时请重新上传。",
    Why.STILL_READING: "文件还没有读完。请稍后刷新；一直没有变化时请重新上传。",
    Why.DONE: "这次导入已经完成，不能放弃。请用新的导出再核对一次。",
    Why.NEWER: "{when}又读入了一份更新的导出，请以那一份为准；这一份请放弃。",
    Why.ANSWERED: "{who}已经办过了。请刷新页面。",
    Why.NOT_BOTH: "两条登记不都归您维护，不能合并。请由两个支部共同的上级办理。",
    Why.BOTH_AWAY: "两条登记都有未结束的流动，不能合并。请先办结其中一段，再来合并。",
    Why.MERGED: "其中一条已由{who}合并。请刷新页面。",
    Why.GONE: "其中一条的个人信息已删除，不能合并。",
    Why.UNDONE: "这次合并已由{who}撤销。请刷新页面。",
    Why.TOO_LATE: "合并已满三十天，不能撤销。确有错误请重新登记，并联系上级组织部。",
}

Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: object) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
