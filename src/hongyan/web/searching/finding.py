"""What does a search answer: people, organisations, and a word of advice where there is neither?"""

from dataclasses import dataclass

from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.web.searching.organizations import LONGEST, named, trails, words_of
from hongyan.web.searching.people import FEWEST_SIGNS, Found, found_people, read

ORGANIZATIONS = 8
ADVICE = "请输入两个以上的字或拼音首字母，或者手机号的后四位。"


@dataclass(frozen=True)
class Place:
    """One organisation that was found."""

    pk: int
    name: str
    trail: str


@dataclass(frozen=True)
class Finds:
    """Everything a search found; `more` when there are more people than are shown."""

    text: str
    people: tuple[Found, ...]
    more: bool
    places: tuple[Place, ...]
    advice: str = ""


def finds(text: str, actor: Actor) -> Finds:
    """Search for an official: people of his own scope, organisations of all the country."""
    text = text.strip()[:LONGEST]
    if text and read(text) is None and len(_without_numbers(text)) < FEWEST_SIGNS:
        return Finds(text, (), False, (), ADVICE)
    people, more = found_people(text, actor)
    near = next(iter(actor.visible_paths), "")
    # What is all figures is somebody's number.
    rows = [] if text.replace(" ", "").isdigit() else _organizations(text, near, bool(people))
    above = trails(rows)
    places = tuple(Place(row.pk, row.short_name, above.get(row.pk, "")) for row in rows)
    return Finds(text, tuple(people), more, places)


def _without_numbers(text: str) -> str:
    return "".join(word for word in words_of(text) if not word.isdigit())


def _organizations(text: str, near: str, is_known: bool) -> list[Organization]:
    # What somebody is called is no word from the middle of a name: nothing is gone through for it.
    return named(text, Organization.objects.open(), near, ORGANIZATIONS, beginnings=is_known)
