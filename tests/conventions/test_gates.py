"""Does each gate of `make check` close on a planted fault, run exactly as scripts/check.py runs it?"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.check import GATES
from tests.conventions.tree import ROOT

COMMANDS = dict(GATES)
SUBTLE = '''"""Is this planted?"""


def shout(word: str) -> int:
    """Say it."""
    return word
'''
PLANT_A_FIELD = """
import sys
import django
from django.core.management import call_command
from django.db import models

django.setup()
from hongyan.audit.models import Entry

longest = -1 if sys.argv[1] == "senseless" else 3
models.CharField(max_length=longest, default="").contribute_to_class(Entry, "planted")
call_command(*sys.argv[2:])
"""


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a gate's command in a folder; return its exit status and what it said."""
    program = Path(sys.executable).with_name(command[0])
    result = subprocess.run(
        [str(program), *command[1:]],
        cwd=folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build an empty house under our own tool settings."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    named = [name for contract in contracts for name in contract.get("source_modules", ())]
    named += [f"hongyan.{app.strip()}.pages" for layer in contracts[0]["layers"] for app in layer.split("|")]
    for name in named:
        module = tmp_path / "src" / Path(*name.split("."))
        _write(module.with_suffix(".py"))
        _write(module.parent / "__init__.py")
    _write(tmp_path / "src" / "hongyan" / "__init__.py")
    return tmp_path


def _write(path: Path, text: str = '"""Is it clean?"""\n') -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_lint_and_format_close(house: Path) -> None:
    assert run(COMMANDS["lint"], house)[0] == 0
    assert run(COMMANDS["format"], house)[0] == 0
    _write(house / "src" / "hongyan" / "web" / "pages.py", '"""Is it clean?"""\nimport os\nx = {  }\n')
    status, said = run(COMMANDS["lint"], house)
    assert status != 0
    assert "F401" in said
    assert run(COMMANDS["format"], house)[0] != 0


def test_types_close(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    _write(tmp_path / "planted.py", SUBTLE)
    # The files named here stand in for those of pyproject; the cache saves reading Django's types again.
    command = [*COMMANDS["types"], f"--cache-dir={ROOT / '.mypy_cache'}", "planted.py"]
    status, said = run(command, tmp_path)
    assert status != 0
    assert "return-value" in said
    # Under another name: the cache tells two files apart by their names and times only.
    _write(tmp_path / "sound.py", SUBTLE.replace("-> int", "-> str"))
    status, said = run([*command[:-1], "sound.py"], tmp_path)
    assert status == 0, said


@pytest.mark.parametrize(
    ("module", "fault"),
    [
        ("members/actions.py", "from hongyan.journeys import states\n"),
        ("organizations/actions.py", "from hongyan.web import pages\n"),
        ("audit/actions.py", "from hongyan.geography import pages\n"),
        ("vault/keys.py", "from hongyan.audit import pages\n"),
        ("journeys/routing.py", "from django.db import models\n"),
        ("care/__init__.py", ""),
    ],
)
def test_layers_close(house: Path, module: str, fault: str) -> None:
    environment = {"PYTHONPATH": str(house / "src")}
    status, said = run(COMMANDS["layers"], house, environment)
    assert status == 0, said
    _write(house / "src" / "hongyan" / module, '"""Is it clean?"""\n' + fault)
    status, said = run(COMMANDS["layers"], house, environment)
    assert status != 0
    assert "BROKEN" in said


@pytest.mark.parametrize(
    ("gate", "fault", "said"),
    [("migrations", "unmigrated", "planted"), ("system", "senseless", "fields.E121")],
)
def test_django_gates_close(tmp_path: Path, gate: str, fault: str, said: str) -> None:
    command, *options = COMMANDS[gate][1:]
    environment = {"HONGYAN_DATA": str(tmp_path), "DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src")}
    # Django's own name of the command, which `hongyan system-check` stands for.
    arguments = [fault, command.removeprefix("system-"), *options]
    status, output = run(["python", "-c", PLANT_A_FIELD, *arguments], ROOT, environment)
    assert status == 1, output
    assert said in output


def test_the_gates_are_all_tested() -> None:
    assert set(COMMANDS) == {"lint", "format", "types", "layers", "migrations", "system"}
