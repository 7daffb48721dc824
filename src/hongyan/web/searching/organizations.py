"""Which organisations answer to what somebody typed: the one way of searching them, for every page?"""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from hongyan.initials import place_initials
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, OrganizationQuerySet, begins, under

FOUND = 20
WORDS, LONGEST = 5, 40
# Nation, province, prefecture.
PREFECTURE_PATH = 3 * paths.WIDTH


def trails(organizations: Iterable[Organization]) -> dict[int, str]:
    """Name the two levels above each organisation, in one query: many villages share a name."""
    organizations = list(organizations)
    above = {row.pk: list(paths.chain(row.path))[-3:-1] for row in organizations}
    wanted = {path for chain in above.values() for path in chain}
    names = dict(Organization.objects.filter(path__in=wanted).values_list("path", "short_name"))
    return {pk: " › ".join(names[path] for path in chain if path in names) for pk, chain in above.items()}


def words_of(text: str) -> list[str]:
    """Take what was typed apart at its spaces; signs nobody can see count as spaces."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST]).split()[:WORDS]


def named(
    text: str, rows: OrganizationQuerySet, near: str, limit: int = FOUND, *, beginnings: bool = False
) -> list[Organization]:
    """Find organisations by words of their name, or by the initials of the one they go by.

    Every word must occur. First those called so from the first character on, then those with the words
    anywhere in their short name or their full one, which repeats the levels above; of each first those in the
    same prefecture as the path `near`. Beginnings are looked up; only when they do not fill the list the
    names are gone through, once; with `beginnings` they are not.
    """
    words = words_of(text)
    if not words:
        return []
    # Of somebody higher up every place is as near as any other.
    here = under("path", near[:PREFECTURE_PATH]) if len(near) >= PREFECTURE_PATH else None
    found: dict[int, Organization] = {}
    for part in _parts(words, rows, here, beginnings):
        missing = limit - len(found)
        if missing > 0:
            found |= {row.pk: row for row in part.exclude(pk__in=found)[:missing]}
    return list(found.values())


def _parts(
    words: list[str], rows: OrganizationQuerySet, here: Q | None, beginnings: bool
) -> Iterator[OrganizationQuerySet]:
    """Yield what to ask one after the other, the likeliest first."""
    initials = place_initials(words[0])
    if len(words) == 1 and initials:
        # The initials of a beginning are the beginning of the initials: one index serves both.
        beginning = rows.filter(begins("initials", initials))
        if not words[0].isascii():
            beginning = beginning.filter(short_name__startswith=words[0])
        if here:
            yield beginning.filter(here).order_by("initials", "path")
        yield beginning.order_by("initials", "path")
    if beginnings or all(word.isascii() and word.isalpha() for word in words):
        return
    anywhere = rows
    for word in words:
        anywhere = anywhere.filter(Q(name__contains=word) | Q(short_name__contains=word))
    if here:
        yield anywhere.filter(here).order_by("path")
    # In the order they lie in, so that going through all of them stops early and jumps nowhere.
    yield anywhere.order_by("pk")
