"""Does `make assurance` fail when a campaign reports a loss, a leak, a living mutant or nothing at all?"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.assurance import CAMPAIGNS, FILE, ROOT, judged, table


@pytest.mark.parametrize(
    ("figures", "code", "expected"),
    [
        ({"tried": 9}, 0, "good"),
        ({"tried": 9, "acknowledged": 9, "lost": 0, "leaked": 0}, 0, "good"),
        ({"tried": 9, "lost": 1}, 0, "lost"),
        ({"tried": 9, "leaked": 2}, 0, "leaked"),
        ({"mutants": 9, "killed": 9}, 0, "good"),
        ({"mutants": 9, "killed": 8}, 0, "mutants alive"),
        ({}, 0, "nothing tried"),
        ({"tried": 9}, 1, "exit 1"),
    ],
)
def test_only_a_clean_campaign_is_good(figures: dict[str, int], code: int, expected: str) -> None:
    assert judged(figures, code)["verdict"] == expected


def test_a_planted_loss_fails_the_command() -> None:
    command = [sys.executable, "scripts/assurance.py", "--only", "planted"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"planted \| 1 \| – \| 1 \| 1 \|.*\| lost \|", done.stdout), done.stdout


def test_every_campaign_exists() -> None:
    written = Path(ROOT / FILE).read_text(encoding="utf-8")
    for campaign in CAMPAIGNS:
        target = campaign.target.partition(" -k ")[0]
        path, _, name = target.partition("::")
        assert (ROOT / path).exists(), campaign.name
        assert not name or f"def {name}(" in written
        assert not campaign.module or (ROOT / (campaign.module.replace(".", "/") + ".py")).exists(), (
            campaign.name
        )


def test_the_table_says_what_was_found() -> None:
    said = table({"kills": {"tried": 5, "faults": 1, "seconds": 2.0, "verdict": "good"}})
    assert "| kills | 5 | 1 | – | – | – | – | 2.0 | good |" in said
