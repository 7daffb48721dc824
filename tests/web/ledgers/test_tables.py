"""Does a table open its lists, print, and leave as a file with the same figures for whoever may look into it?"""

import html
import io
import re
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hongyan.web.ledgers.tables import Sort, written
from tests.web.console.people import browser_of, words
from tests.world import NOW, World

WHO = "province_department"
KINDS = [str(one) for one in Sort]


def sheet(client: Client, kind: str, organization: int) -> Any:
    response = client.get(f"/ledgers/{kind}/?organization={organization}&as=sheet")
    assert response.status_code == 200
    assert "filename*=utf-8''" in response["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_says_what_the_page_says(crowd: World, kind: str) -> None:
    client, place = browser_of(crowd, WHO), crowd["gansu"]
    page = client.get(f"/ledgers/{kind}/?organization={place.pk}").content.decode()
    cells = re.findall(r"<t[dh][^>]*(?:class=\"n\"|scope=\"row\")[^>]*>(?:<a[^>]*>)?([^<]*)", page)
    found = sheet(client, kind, place.pk)
    width = len(written(Sort(kind), place, NOW).form.columns)
    rows = [[cell.value for cell in row] for row in found.iter_rows(min_row=5, max_col=width)]
    rows = [row for row in rows if row[1:] != [None] * (width - 1) or row[0] == "外出流向单位类别"]
    assert ["" if value is None else str(value) for row in rows for value in row] == cells
    assert found["A1"].value in page
    assert found["A2"].value == "填报单位：甘肃省委组织部"
    assert found.print_title_rows == "$3:$4"
    assert found.page_setup.orientation == "landscape"
    assert found.print_area
    # Figures, and nobody's name.
    text = " ".join(str(cell.value) for row in found.iter_rows() for cell in row)
    for member in crowd.members.values():
        assert member.name not in text
        assert member.name not in page


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["gansu", "lanzhou", "minqin", "tianshui_south", "nation"])
def test_each_figure_opens_exactly_its_list(crowd: World, kind: str, key: str) -> None:
    from hongyan.members.models import Appointment

    # Somebody of the nation sees every list whole.
    Appointment.objects.filter(user=crowd.users[WHO]).update(organization=crowd["nation"])
    client = browser_of(crowd, WHO)
    page = client.get(f"/ledgers/{kind}/?organization={crowd[key].pk}").content.decode()
    found = re.findall(r'<td class="n"><a href="([^"]+)">(\d+)</a>', page)
    # Where nobody is away, or nobody came, there is nothing to open.
    assert found or key not in ("gansu", "nation") and kind != "statistics"
    for address, count in found:
        listed = words(client.get(html.unescape(address)).content)
        assert f" {count} 人" in listed, (address, count)


@pytest.mark.parametrize("kind", KINDS)
def test_whose_table_is_out_of_sight_does_not_exist(crowd: World, kind: str) -> None:
    client = browser_of(crowd, "village_secretary")
    for shape in ("", "as=sheet"):
        assert client.get(f"/ledgers/{kind}/?{shape}").status_code == 200
        far = f"organization={crowd['next_village'].pk}&{shape}"
        assert client.get(f"/ledgers/{kind}/?{far}").status_code == 404
    assert browser_of(crowd, "observer").get(f"/ledgers/{kind}/").status_code == 404


def test_everything_is_one_tap_from_the_navigation(crowd: World) -> None:
    client = browser_of(crowd, WHO)
    assert 'href="/ledgers/"' in client.get("/desk/").content.decode()
    page = client.get("/ledgers/").content.decode()
    said = words(page.encode())
    for title in (
        "流出党员台账", "流入党员台账", "流动党员情况统计表", "党内统计年报：流出党员情况", "管理外来流动党员的党组织情况表",
        "流动党员党组织登记表",
    ):  # fmt: skip
        assert title in said
    for address in re.findall(r'<h3><a href="([^"]+)"', page):
        assert client.get(html.unescape(address)).status_code in (200, 302), address


def test_ledgers_of_people_are_offered_to_whoever_may_take_them_out(crowd: World) -> None:
    said = words(browser_of(crowd, "caretaker").get("/ledgers/").content)
    assert "流出党员台账" not in said
    assert "流动党员情况统计表" in said


def test_what_was_asked_for_last_is_offered_again(crowd: World) -> None:
    from tests.web.console.exporting import browser
    from tests.web.ledgers.test_ledgers import asked_ledger

    client = browser(crowd, "village_secretary")
    assert "按我上次的条件" not in words(client.get("/ledgers/").content)
    asked_ledger(client, "out", "measure=awaiting", ["phone"])
    page = client.get("/ledgers/").content.decode()
    (again,) = re.findall(r'href="([^"]+)">按我上次的条件和列', page)
    asking = client.get(html.unescape(again)).content.decode()
    assert "导出 1 人的流出党员台账" in words(asking.encode())
    assert asking.count(" checked") == 1


def test_the_number_of_queries_is_fixed(crowd: World) -> None:
    client = browser_of(crowd, WHO)
    for kind in KINDS:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/ledgers/{kind}/")
        assert len(asked) <= 20, (kind, len(asked))
