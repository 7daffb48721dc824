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
    Why.ANSWERED: "{who}已经写明原因。请刷新页面。",
}

Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: object) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
