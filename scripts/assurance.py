"""Do the long campaigns find anything lost, leaked or alive that should be dead? One table says it.

make assurance                  every campaign
make assurance ONLY=kills,keys  some of them; the figures of the others stay
make assurance SCALE=0.1        a tenth of each
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "assurance" / "results.json"
FILE = "tests/assurance/campaigns.py"
COLUMNS = ("tried", "faults", "acknowledged", "lost", "leaked", "killed", "mutants")
HEADS = ("inputs", "faults", "acknowledged", "lost", "leaked", "mutants killed", "seconds", "verdict")
SEED = 20_261_123


@dataclass(frozen=True)
class Campaign:
    """One search: what pytest runs, how often at full length, and what it is about."""

    name: str
    target: str
    count: int
    about: str
    module: str = ""


CAMPAIGNS = (
    Campaign("states", f"{FILE}::campaign_states", 60, "lives of members pulled at by everybody at once"),
    Campaign("kills", f"{FILE}::campaign_kills", 10, "kill -9 of server, workers and clocks while writing"),
    Campaign("points", f"{FILE}::campaign_points", 20_000, "positions all over China"),
    Campaign(
        "schemathesis", f"{FILE}::campaign_schemathesis", 60, "inputs per operation, allowed and forbidden"
    ),
    Campaign("fuzz", f"{FILE}::campaign_fuzz", 4_000, "requests nobody foresaw"),
    Campaign(
        "documents", f"{FILE}::campaign_of_a_module", 2_000, "malformed files", "tests.documents.campaign"
    ),
    Campaign(
        "roster", f"{FILE}::campaign_of_a_module", 1_000_000, "rows of two exports", "tests.roster.campaign"
    ),
    Campaign(
        "rosters", f"{FILE}::campaign_of_a_module", 2_000, "malformed exports", "tests.roster.malformed"
    ),
    Campaign(
        "mutants",
        f"{FILE}::campaign_of_a_module",
        1_000,
        "guards and filters taken out",
        "tests.web.matrix.mutation",
    ),
    Campaign(
        "year",
        f"{FILE}::campaign_of_a_module",
        36_000,
        "journeys of a simulated year, with the ladder and without",
        "tests.year.campaign",
    ),
    Campaign("matrix", "tests/web/matrix", 1, "every address × person × relation × method"),
    Campaign("canaries", "tests/privacy -k canary", 1, "personal values in any byte that is kept"),
    Campaign("audit", "tests/audit", 1, "tamperings of the chain"),
    Campaign("keys", "tests/privacy/test_rotating.py", 3, "rotation of keys, killed half-way"),
    Campaign(
        "guessing",
        "tests/web/accounts -k parallel or guess or flood",
        1,
        "guesses at sign-in from many sides",
    ),
    Campaign("outside", "tests/assurance/outside.py", 1, "guesses at four processes of a running server"),
    Campaign("attacks", "tests/attacks", 1, "forms, links, cookies, redirects from outside"),
)
PLANTED = Campaign("planted", f"{FILE}::campaign_planted_loss", 1, "a loss that must be reported")


def run(campaign: Campaign, scale: float) -> dict[str, float | str]:
    """Run one campaign in a process of its own, show its progress, and judge its figures."""
    count = max(1, round(campaign.count * scale))
    begun = time.monotonic()
    known = {
        name: value for name, value in os.environ.items() if not name.startswith(("HONGYAN_TEST_", "PYTEST_"))
    }
    database = os.environ.get("HONGYAN_TEST_DATABASE", "sqlite")
    with tempfile.TemporaryDirectory(prefix="hongyan-assurance-") as folder:
        figures = Path(folder) / "figures.json"
        environment = known | {
            "HONGYAN_TEST_DATABASE": database,
            "HONGYAN_TEST_COUNT": str(count),
            "HONGYAN_TEST_SEED": str(SEED),
            "HONGYAN_TEST_FIGURES": str(figures),
            "HONGYAN_TEST_MODULE": campaign.module,
        }
        print(f"\n── {campaign.name}: {campaign.about} ({count}) ──", flush=True)
        code, closing = _shown(_command(campaign), environment)
        found = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else _from(closing)
    return judged({**found, "seconds": round(time.monotonic() - begun, 1)}, code)


def _command(campaign: Campaign) -> list[str]:
    target, _, words = campaign.target.partition(" -k ")
    chosen = ["-k", words] if words else []
    own = ["-o", "python_functions=campaign_*"] if target.startswith(FILE) else []
    return [sys.executable, "-m", "pytest", target, *chosen, *own, "-n0", "-q", "-s", "--show-capture=no"]


def _shown(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command, show what it says, and return its code with its closing line."""
    closing = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            if line.strip() and not line.startswith(("20", "WARNING")):
                print(f"   {line.rstrip()[:200]}", flush=True)
                closing = line
    return process.returncode, closing


def _from(closing: str) -> dict[str, int]:
    """Take the tests that passed as what was tried, where a campaign is a set of tests."""
    passed = re.search(r"(\d+) passed", closing)
    return {"tried": int(passed.group(1)) if passed else 0}


def judged(figures: Mapping[str, float], code: int) -> dict[str, float | str]:
    """Add the verdict: good only when the process succeeded, something was tried and nothing was lost."""
    bad = [name for name in ("lost", "leaked") if figures.get(name)]
    if figures.get("mutants", 0) > figures.get("killed", 0):
        bad.append("mutants alive")
    if not figures.get("tried") and not figures.get("mutants"):
        bad.append("nothing tried")
    if code:
        bad.append(f"exit {code}")
    return {**figures, "verdict": ", ".join(bad) or "good"}


def table(results: Mapping[str, Mapping[str, float | str]]) -> str:
    """Draw the one table."""
    lines = [f"| campaign | {' | '.join(HEADS)} |", "|---" * (len(HEADS) + 1) + "|"]
    for name, found in results.items():
        mutants = f"{found.get('killed', 0)}/{found['mutants']}" if "mutants" in found else "–"
        cells = [str(found.get(column, "–")) for column in COLUMNS[:5]]
        lines.append(
            f"| {' | '.join([name, *cells, mutants, str(found['seconds']), str(found['verdict'])])} |"
        )
    return "\n".join(lines)


def _kept() -> dict[str, dict[str, float | str]]:
    loaded: dict[str, dict[str, float | str]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return loaded


def main(words: Sequence[str] | None = None) -> int:
    """Run what was asked for; return 1 when any campaign of the table is bad."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="names, with commas between them")
    parser.add_argument("--scale", type=float, default=1.0, help="how long, as a share of the full length")
    asked = parser.parse_args(words)
    known = {each.name: each for each in (*CAMPAIGNS, PLANTED)}
    names = [name for name in asked.only.split(",") if name] or [each.name for each in CAMPAIGNS]
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"no campaign {', '.join(unknown)}; there are {', '.join(known)}")
    # Named campaigns join the figures that are kept; a whole run begins anew.
    results = _kept() if asked.only else {}
    for name in names:
        results[name] = run(known[name], asked.scale)
        if name != PLANTED.name:
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"\n{table(results)}", flush=True)
    return 1 if any(found["verdict"] != "good" for found in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
