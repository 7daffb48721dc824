"""Under which heading of the yearly report does an occupation belong, as branches write it? Pure."""

from enum import StrEnum


class Occupation(StrEnum):
    """The columns of the yearly report."""

    WORKER = "worker"
    FARMER = "farmer"
    COMPANY = "company"
    OFFICE = "office"
    STUDENT = "student"
    RETIRED = "retired"
    OTHER = "other"
    UNSAID = "unsaid"


OCCUPATION_LABELS = {
    Occupation.WORKER: "工人",
    Occupation.FARMER: "农牧渔民",
    Occupation.COMPANY: "企业和个体人员",
    Occupation.OFFICE: "机关事业单位人员",
    Occupation.STUDENT: "学生",
    Occupation.RETIRED: "离退休人员",
    Occupation.OTHER: "其他",
    Occupation.UNSAID: "未登记",
}
# The first word found decides: whoever is retired is no longer what he was.
_WORDS = (
    (Occupation.RETIRED, ("退休", "离休")),
    (Occupation.STUDENT, ("学生", "毕业生", "研究生")),
    (Occupation.WORKER, ("农民工", "工人", "司机", "务工", "技工")),
    (Occupation.FARMER, ("农民", "牧民", "渔民", "务农", "农牧", "村民")),
    (Occupation.OFFICE, ("机关", "事业", "公务员", "教师", "医生", "护士", "干部", "村医")),
    (Occupation.COMPANY, ("企业", "公司", "个体", "经商", "职员", "员工", "店", "销售", "工程师")),
)


def occupation_of(text: str) -> Occupation:
    """Read what a branch has written."""
    plain = "".join(text.split())
    if not plain:
        return Occupation.UNSAID
    found = (one for one, words in _WORDS if any(word in plain for word in words))
    return next(found, Occupation.OTHER)
