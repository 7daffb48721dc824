"""Does the shell take in what is too large for a page, and go on after it was killed?"""

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from hongyan.members.models import Member
from hongyan.roster.models import Intake, Stage
from tests.documents.files import delimited
from tests.roster.exports import invented, table
from tests.world import NOW, World

VILLAGE = "三雷镇三陶村党支部"
WHO = ("--organization", "minqin", "--user", "minqin_department")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    rows = [invented(number, VILLAGE) for number in range(20)] + [invented(30, "没有这个支部")]
    path.write_bytes(delimited(table(rows), ",", "gb18030"))
    return path


def said(*words: str) -> str:
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("roster", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_it_says_what_would_change_and_writes_when_told(world: World, file: Path) -> None:
    before = Member.objects.count()
    assert "新增\t20" in said(str(file), *WHO)
    assert Member.objects.count() == before
    assert "已写入" in said(str(file), *WHO, "--write")
    assert Member.objects.count() == before + 20
    assert "没有变化\t20" in said(str(file), *WHO, "--write")
    assert Member.objects.count() == before + 20


@pytest.mark.django_db
def test_a_reading_that_broke_off_begins_anew(world: World, file: Path) -> None:
    said(str(file), *WHO)
    Intake.objects.update(stage=Stage.READING, compared_at=None)
    assert "新增\t20" in said(str(file), *WHO)
    assert Intake.objects.get().stage == Stage.COMPARED


@pytest.mark.django_db
def test_it_asks_who_answers_for_it(world: World, file: Path) -> None:
    for words in (
        (),
        (str(file),),
        (str(file), "--organization", "minqin"),
        (str(file), "--organization", "minqin", "--user", "observer"),
    ):
        with pytest.raises(CommandError):
            said(*words)
