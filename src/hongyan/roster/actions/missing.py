"""Find who of our roster an export does not name, in the branches it is about."""

from collections.abc import Iterator
from itertools import islice

from hongyan.journeys.models import Journey
from hongyan.members.models import Member
from hongyan.organizations.models import under
from hongyan.roster.models import Gone, Intake

BATCH = 5000


def find_gone(
    intake: Intake,
    paths: dict[int, str],
    named: set[int],
    matched: set[int],
    rejected_names: set[tuple[int, str]],
) -> tuple[int, int, int]:
    """Note the members of the named branches whom the export lacks; return how many, and what is left out.

    A branch the export does not name at all was not asked for: nothing is said about its members.
    """
    _note_again(intake, matched)
    left_out: set[int] = set()
    members_left_out = gone = 0
    rows = _candidates(intake.path)
    while found := list(islice(rows, BATCH)):
        missing = []
        for pk, branch, path in found:
            if pk in matched:
                continue
            if branch in named:
                missing.append((pk, branch, path))
            else:
                left_out.add(branch)
                members_left_out += 1
        gone += _note(intake, missing, rejected_names)
    return gone, len(left_out & set(paths)), members_left_out


def _candidates(path: str) -> Iterator[tuple[int, int, str]]:
    members = Member.objects.filter(under("branch_path", path), erased_at=None, merged_into=None)
    return members.order_by("branch_path").values_list("pk", "branch_id", "branch_path").iterator(BATCH)


def _note(intake: Intake, missing: list[tuple[int, int, str]], rejected_names: set[tuple[int, str]]) -> int:
    """Store who is missing; somebody whose row was rejected is there all the same."""
    pks = [pk for pk, _, _ in missing]
    if not pks:
        return 0
    names = dict(Member.objects.filter(pk__in=pks).values_list("pk", "name"))
    away = set(Journey.objects.open().filter(member__in=pks).values_list("member_id", flat=True))
    rows = [
        Gone(intake=intake, member_id=pk, branch_path=path, is_away=pk in away)
        for pk, branch, path in missing
        if (branch, names[pk]) not in rejected_names
    ]
    return len(Gone.objects.bulk_create(rows, batch_size=1000))


def _note_again(intake: Intake, matched: set[int]) -> None:
    """Note whom an earlier export lacked and this one names."""
    open_ones = Gone.objects.filter(under("branch_path", intake.path), answered_at=None).exclude(
        intake=intake
    )
    again = [pk for pk, member in open_ones.values_list("pk", "member_id") if member in matched]
    Gone.objects.filter(pk__in=again).update(seen_again_in=intake)
