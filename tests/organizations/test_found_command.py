"""Does an empty installation get its tree from a shell, and nothing by mistake?"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hongyan.audit.models import Entry
from hongyan.geography.models import Division
from hongyan.organizations.models import Organization

TOP = ("--code", "GS", "--name", "中共甘肃省委组织部", "--kind", "committee", "--tier", "province")
COUNTY = ("--code", "MQ", "--name", "中共民勤县委组织部", "--kind", "committee", "--tier", "county")


def found(*options: str) -> str:
    out = StringIO()
    call_command("found", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_found_the_first_and_one_below() -> None:
    assert "甘肃省" in found(*TOP, "--division", "62")
    said = found(*COUNTY, "--parent", "GS", "--division", "620621", "--short-name", "民勤县委组织部")
    assert "民勤县" in said
    top, below = Organization.objects.order_by("path")
    assert (below.parent, below.short_name, below.created_by) == (top, "民勤县委组织部", "system:shell")
    assert below.path.startswith(top.path)
    assert below.has_desk
    assert Entry.objects.filter(verb="found", actor="system:shell").count() == 2
    # Every town is there for the areas that come next.
    assert Division.objects.below("620621").count() > 10


@pytest.mark.django_db
def test_a_village_brings_the_villages_of_its_county() -> None:
    found(*TOP, "--division", "62")
    village = ("--code", "V", "--name", "三陶村党支部", "--kind", "branch", "--tier", "grassroots")
    found(*village, "--parent", "GS", "--division", "620621100200")
    assert Organization.objects.get(code="V").can_host


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (COUNTY, "--parent"),
        ((*COUNTY, "--parent", "nobody"), "没有编码为"),
        ((*COUNTY, "--parent", "GS", "--division", "999999"), "查不到"),
        ((*COUNTY[:1], "GS", *COUNTY[2:], "--parent", "GS"), "已经有组织用了"),
        ((*COUNTY[:5], "mobile_branch", *COUNTY[6:], "--parent", "GS"), "--host-body"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(options: tuple[str, ...], sentence: str) -> None:
    found(*TOP)
    with pytest.raises(CommandError, match=sentence):
        found(*options)
    assert Organization.objects.count() == 1
