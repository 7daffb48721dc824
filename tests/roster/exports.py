"""What does an export of the national system look like, made by hand: its titles, its rows, people nobody is?"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

# As the national system writes them, in its order.
EXPORT = (
    "序号", "姓名", "性别", "公民身份号码", "民族", "出生日期", "学历", "人员类别", "学位", "所在党支部", "手机号码", "入党日期",
    "转正日期", "党龄", "党龄校正值", "新社会阶层类型", "工作岗位", "从事专业技术职务", "是否农民工", "现居住地", "户籍所在地",
    "是否失联党员", "是否流动党员", "入党类型", "转正情况", "入党时所在支部", "延长预备期时间",
)  # fmt: skip
SURNAMES, GIVEN = "欧阳郝骆邬翟", "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"
BIRTH = date(1950, 1, 1)


def invented(number: int, branch: str, **changed: str) -> dict[str, str]:
    """Invent the row of one person: a letter no checksum yields ends the ID number, the phone rings nowhere."""
    born = BIRTH + timedelta(days=number * 37 % 18_000)
    name = SURNAMES[number % 6] + GIVEN[number // 6 % 20] + GIVEN[number // 120 % 20]
    row = {
        "序号": str(number), "姓名": name, "性别": "男" if number % 2 else "女",
        "公民身份号码": f"000000{born:%Y%m%d}{number % 1000:03d}{'ABCDEFGHIJKLMNOPQRSTUVWYZ'[number // 1000 % 25]}",
        "民族": "汉族", "出生日期": f"{born:%Y-%m-%d}", "学历": "高中", "人员类别": "正式党员",
        "所在党支部": branch, "手机号码": f"100{number:08d}", "入党日期": f"{born + timedelta(days=9000):%Y-%m-%d}",
        "是否农民工": "是", "现居住地": "某县某镇",
    }  # fmt: skip
    return row | changed


def table(rows: Sequence[dict[str, str]], titles: Sequence[str] = EXPORT) -> list[list[Any]]:
    """Lay rows out under their titles."""
    return [list(titles), *[[row.get(title, "") for title in titles] for row in rows]]


def dice(seed: int) -> random.Random:
    """Throw the same dice every time."""
    return random.Random(seed)
