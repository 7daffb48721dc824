"""How do the tests of taking lists out ask for one, take it, and read what they were given?"""

import hashlib
import io
import re
from typing import Any

import openpyxl
from django.test import Client

from hongyan.privacy.exports import Export
from tests.web.console.people import new_key, words
from tests.web.signing_in import signed_in
from tests.world import World

SECRETARY, DEPARTMENT = "village_secretary", "minqin_department"


def browser(world: World, who: str) -> Client:
    return signed_in(world.users[who], fresh=True)


def ask(client: Client, query: str = "", **fields: Any) -> Any:
    form = {"key": new_key(), "purpose": "ledger", "words": "核对三季度台账", **fields}
    return client.post(f"/exports/ask/?{query}", form)


def asked(client: Client, query: str = "", **fields: Any) -> Export:
    response = ask(client, query, **fields)
    assert response.status_code == 302, words(response.content)
    return Export.objects.get(pk=int(response["Location"].strip("/").split("/")[-1]))


def make(client: Client, export: Export) -> Any:
    return client.post(f"/exports/{export.pk}/make/")


def sheet_of(response: Any) -> list[list[Any]]:
    assert response.status_code == 200, words(response.content)
    raw = b"".join(response.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [*rows, [sheet.oddFooter.center.text, hashlib.sha256(raw).hexdigest()]]


def names_on_page(client: Client, query: str) -> set[str]:
    page = client.get(f"/journeys/?{query}").content.decode()
    return set(re.findall(r'<td class="name"><a[^>]*>([^<]+)</a>', page))
