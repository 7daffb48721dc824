"""Whom on the rosters does what was said name? Nobody, or exactly one: two are as good as none."""

import secrets

from hongyan.finding.said import Said
from hongyan.geography.codes import Level
from hongyan.members.models import Member, MemberQuerySet
from hongyan.members.sealing import id_number_hashes, id_number_of, normal_phone, phone_hashes
from hongyan.organizations.models import Organization

ID_LENGTH = 18
# Fewer digits fit too many people of one name.
SHORTEST_TAIL = 4
PHONE_DIGITS = 11
# Of one name there are thousands in a province; so many numbers are opened in less than half a second.
MOST_NAMESAKES = 5_000


def is_enough(said: Said, home: str) -> bool:
    """Tell whether a name comes with something that tells its bearer from others."""
    has_phone = len(normal_phone(said.phone)) == PHONE_DIGITS
    return bool(said.name) and (
        has_phone or len(said.id_number) >= SHORTEST_TAIL or len(home) >= Level.COUNTY
    )


def matched(said: Said, home: str) -> Member | None:
    """Find the one member who bears this name and what came with it; `home` is a division or empty."""
    people = Member.objects.filter(name=said.name, erased_at=None, merged_into=None).select_related("branch")
    if len(said.id_number) == ID_LENGTH:
        return _only(list(people.filter(id_number_hash__in=id_number_hashes(said.id_number))[:2]))
    found = bearer(said)
    if found:
        return found
    if len(said.id_number) >= SHORTEST_TAIL:
        return _by_tail(list(_from(people, home)[:MOST_NAMESAKES]), said.id_number)
    return _only(list(_from(people, home)[:2])) if len(home) >= Level.COUNTY else None


def bearer(said: Said) -> Member | None:
    """Find the one member who bears this name and this phone: proof enough to act for himself."""
    people = Member.objects.filter(name=said.name, erased_at=None, merged_into=None).select_related("branch")
    return _only(list(people.filter(phone_hash__in=phone_hashes(said.phone))[:2])) if said.phone else None


def _only(found: list[Member]) -> Member | None:
    return found[0] if len(found) == 1 else None


def _by_tail(namesakes: list[Member], tail: str) -> Member | None:
    same = [one for one in namesakes if secrets.compare_digest(id_number_of(one)[-len(tail) :], tail)]
    return _only(same)


def _from(people: MemberQuerySet, home: str) -> MemberQuerySet:
    """Keep those whose branch stands in the county he names; the branch may know its place by less."""
    if len(home) < Level.COUNTY:
        return people
    county = Organization.objects.filter(division_id=home[: Level.COUNTY], closed_at=None)
    paths = list(county.filter(tier="county").values_list("path", flat=True)[:1])
    return people.under(paths[0]) if paths else people.filter(branch__division_id__startswith=home)
