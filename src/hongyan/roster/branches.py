"""Which branch does an export mean by a name?"""

import re
from collections.abc import Callable

from hongyan.organizations.kinds import can_host
from hongyan.organizations.models import Organization
from hongyan.roster.reading import Wrong

_SIGNS = re.compile(r"[\s\u3000()（）“”\"·]+")
_PREFIX = re.compile(r"^(中国共产党|中共)")
_SUFFIXES = (("总支部委员会", "党总支"), ("支部委员会", "党支部"), ("委员会", "党委"), ("党总支部", "党总支"))


def plain(name: str) -> str:
    """Write a branch's name as it is compared: whatever stands before and behind what tells it apart."""
    text = _PREFIX.sub("", _SIGNS.sub("", name))
    for long, short in _SUFFIXES:
        if text.endswith(long):
            text = text.removesuffix(long).removesuffix("党") + short
            break
    if text.endswith("支部") and not text.endswith(("党支部", "总支部")):
        text = text.removesuffix("支部") + "党支部"
    return text


def branch_finder(path: str) -> tuple[Callable[[str], int | Wrong], dict[int, str]]:
    """Return who finds branches by name under a path, and the path of each branch."""
    named: dict[str, set[int]] = {}
    paths: dict[int, str] = {}
    others: set[str] = set()
    rows = Organization.objects.open().under(path)
    for pk, name, short, kind, tier, where in rows.values_list(
        "pk", "name", "short_name", "kind", "tier", "path"
    ):
        words = {plain(name), plain(short)}
        if not can_host(kind, tier):
            others |= words
            continue
        paths[pk] = where
        for word in words:
            named.setdefault(word, set()).add(pk)
    known: dict[str, int | Wrong] = {}

    def find(text: str) -> int | Wrong:
        if text not in known:
            word = plain(text)
            found = named.get(word, set())
            unknown = Wrong.BRANCH_OUTSIDE if word in others else Wrong.BRANCH_UNKNOWN
            known[text] = next(iter(found)) if len(found) == 1 else Wrong.BRANCH_SEVERAL if found else unknown
        return known[text]

    return find, paths
