"""How does a park's spreadsheet become rows, of which those without consent are not read?"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from hongyan.documents import sheets_in
from hongyan.documents.refusals import Refusal, Why, refuse
from hongyan.finding.rules import delivers_for
from hongyan.finding.work_starts import WorkStart
from hongyan.members.permissions import Actor
from hongyan.organizations.kinds import AreaKind
from hongyan.organizations.models import ServiceArea

LIMIT = 5000
# By attribute: how the column may be called, the first as the page says it.
TITLES: dict[str, tuple[str, ...]] = {
    "consented": ("本人同意", "是否同意"),
    "consented_on": ("同意日期",),
    "name": ("姓名",),
    "phone": ("手机号码", "手机号", "联系电话"),
    "id_number": ("公民身份号码", "身份证号", "身份证号码"),
    "company": ("单位", "工作单位", "企业名称"),
    "started_on": ("入职日期", "入职时间"),
}
NEEDED = ("consented", "consented_on", "name", "company", "started_on")
YES = frozenset({"是", "同意", "已同意", "y", "yes", "true", "1", "√"})
_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d %H:%M:%S")


def serves_a_park(actor: Actor) -> bool:
    """Tell whether somebody's organisation serves workplaces, so that a park's list may come to it."""
    areas = ServiceArea.objects.filter(organization=delivers_for(actor), kind=AreaKind.WORKPLACE)
    return areas.exists()


def day_of(text: str) -> date | None:
    """Read a day as people write it; None where it is none."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def read(file: "UploadedFile[Any]") -> tuple[WorkStart, ...] | str:
    """Read a file in the cage; a sentence where it cannot be taken as it is."""
    size = file.size or 0
    if size > sheets_in.LARGEST:
        limit = sheets_in.LARGEST // 1_000_000
        return refuse(Why.TOO_LARGE, size=f"{size / 1e6:.1f}", limit=limit).sentence
    titles = tuple(word for words in TITLES.values() for word in words)
    found = sheets_in.read_sheet(file.read(), str(file.name)[-80:], max_rows=LIMIT, titles=titles)
    if isinstance(found, Refusal):
        return found.sentence
    places = _places(found.titles)
    missing = [TITLES[name][0] for name in NEEDED if name not in places]
    if missing:
        return f"缺少这些列：{'、'.join(missing)}。请补上表头再传。"
    return tuple(_row(row, places) for row in found.all_rows)


def _places(titles: tuple[str, ...]) -> dict[str, int]:
    bare = [sheets_in.bare(title) for title in titles]
    return {name: bare.index(word) for name, words in TITLES.items() for word in words if word in bare}


def _row(row: sheets_in.Row, places: Mapping[str, int]) -> WorkStart:
    def cell(name: str) -> str:
        place = places.get(name, len(row.cells))
        return row.cells[place].strip() if place < len(row.cells) else ""

    consented, consented_on = cell("consented").lower() in YES, day_of(cell("consented_on"))
    if not consented or consented_on is None:
        # Nothing more of this row is even looked at.
        return WorkStart(row.number)
    return WorkStart(
        row.number,
        True,
        consented_on,
        cell("name"),
        cell("phone"),
        cell("id_number"),
        cell("company"),
        day_of(cell("started_on")),
    )
