"""Which column of an export is which, which are missing, and which are not ours to keep?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hongyan.documents.cells import bare


class Field(StrEnum):
    """What the roster takes over from an export."""

    NAME = "name"
    SEX = "sex"
    ID_NUMBER = "id_number"
    ETHNICITY = "ethnicity"
    BIRTH_ON = "birth_on"
    EDUCATION = "education"
    CATEGORY = "category"
    BRANCH = "branch"
    PHONE = "phone"
    JOINED_ON = "joined_on"


# The first word is the national system's own; the others are what copies of it are called in the field.
TITLES: dict[Field, tuple[str, ...]] = {
    Field.NAME: ("姓名", "党员姓名"),
    Field.SEX: ("性别",),
    Field.ID_NUMBER: ("公民身份号码", "身份证号码", "身份证号"),
    Field.ETHNICITY: ("民族",),
    Field.BIRTH_ON: ("出生日期", "出生年月"),
    Field.EDUCATION: ("学历",),
    Field.CATEGORY: ("人员类别", "党员类别"),
    Field.BRANCH: ("所在党支部", "所在党组织", "所在支部"),
    Field.PHONE: ("手机号码", "联系电话", "手机号"),
    Field.JOINED_ON: ("入党日期", "入党时间", "加入党组织日期"),
}
FIELD_LABELS = {field: words[0] for field, words in TITLES.items()}
ALL_TITLES = tuple(word for words in TITLES.values() for word in words)
# Columns of the export that this program has no use for: it reads past them, and says so.
NOT_KEPT = (
    "序号", "学位", "转正日期", "党龄", "党龄校正值", "新社会阶层类型",
    "工作岗位", "从事专业技术职务", "是否农民工", "现居住地", "户籍所在地", "是否失联党员",
    "是否流动党员", "入党类型", "转正情况", "入党时所在支部", "延长预备期时间",
)  # fmt: skip
REQUIRED = (Field.NAME, Field.ID_NUMBER)
_BY_TITLE = {title: field for field, words in TITLES.items() for title in words}


@dataclass(frozen=True)
class Layout:
    """How an export is laid out: our fields in its order of columns, and what is beside them."""

    fields: tuple[Field, ...]
    missing: tuple[Field, ...]
    # Of the export, but nothing the program keeps.
    not_kept: tuple[str, ...]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]


def layout_of(titles: Sequence[str]) -> Layout:
    """Recognise the columns by their titles, in whatever order they stand."""
    plain = [bare(title) for title in titles]
    fields = [_BY_TITLE[title] for title in plain if title in _BY_TITLE]
    twice = tuple(dict.fromkeys(FIELD_LABELS[field] for field in fields if fields.count(field) > 1))
    others = [title for title in plain if title and title not in _BY_TITLE]
    return Layout(
        fields=tuple(fields),
        missing=tuple(field for field in Field if field not in fields),
        not_kept=tuple(title for title in others if title in NOT_KEPT),
        unknown=tuple(title[:40] for title in others if title not in NOT_KEPT),
        twice=twice,
    )
