"""How is one of many ids asked for as one parameter, on either database?"""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection


def among(column: str, ids: Collection[int]) -> tuple[str, list[Any]]:
    """Write `column IN (…)` for any number of ids as one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", [list(ids)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(ids))]
