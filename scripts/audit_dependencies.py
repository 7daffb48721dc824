"""Is anything we install known to be vulnerable? Every pin of every lock is asked about at its own index.

Nothing passes unasked: a pin that could not be looked up, an answer of another shape, an empty list of pins
all fail. Not part of the tests: a machine that builds may reach packages and not what is said about them.
"""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pip._internal.configuration import Configuration
from pip._internal.models.index import PyPI

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
SECONDS = 20
LARGEST = 32 * 1024 * 1024
SEVERITIES = ("info", "low", "moderate", "high", "critical")


@dataclass(frozen=True)
class Finding:
    """What is known of one pin: what it suffers from, or why nobody could say."""

    name: str
    version: str
    known: tuple[str, ...] = ()
    trouble: str = ""


def pins(root: Path, names: Sequence[str] = LOCKS) -> list[tuple[str, str]]:
    """Read every pin of the locks, each once; a lock without pins is no lock."""
    found: set[tuple[str, str]] = set()
    for name in names:
        here = PIN.findall((root / name).read_text(encoding="utf-8"))
        if not here:
            raise SystemExit(f"{name} holds no pins")
        found.update(here)
    return sorted(found)


def index() -> str:
    """Find the index pip installs from, as pip itself is configured."""
    configuration = Configuration(isolated=False)
    configuration.load()
    said = {
        key.partition(".")[2]: value for key, value in configuration.items() if key.endswith(".index-url")
    }
    return str(said.get("index-url") or next(iter(said.values()), "") or PyPI.simple_url)


def release_address(simple: str, name: str, version: str) -> str:
    """Write where an index tells about one release: beside its list of files."""
    base = simple.rstrip("/")
    base = base.removesuffix("/simple").removesuffix("/+simple")
    return f"{base}/pypi/{quote(name, safe='')}/{quote(version, safe='')}/json"


def asked(simple: str, name: str, version: str) -> Finding:
    """Ask about one release."""
    address = release_address(simple, name, version)
    if urlsplit(address).scheme not in ("https", "http"):
        return Finding(name, version, trouble="the index is no web address")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 -- looked at above
            said = json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        return Finding(name, version, trouble=f"status {error.code}")
    except (OSError, ValueError) as error:
        return Finding(name, version, trouble=type(error).__name__)
    return judged(name, version, said)


def judged(name: str, version: str, said: Any) -> Finding:
    """Read an answer; it must be about this release and speak of vulnerabilities at all."""
    known = said.get("vulnerabilities") if isinstance(said, dict) else None
    about = said.get("info") if isinstance(said, dict) else None
    if not isinstance(known, list) or not isinstance(about, dict):
        return Finding(name, version, trouble="an answer without vulnerabilities")
    if str(about.get("version")) != version:
        return Finding(name, version, trouble="an answer about another release")
    if not all(isinstance(one, dict) and one.get("id") for one in known):
        return Finding(name, version, trouble="an answer of another shape")
    return Finding(name, version, tuple(_words(one) for one in known if not one.get("withdrawn")))


def _words(one: dict[str, Any]) -> str:
    names = [str(one["id"]), *(str(alias) for alias in one.get("aliases") or ())]
    fixed = ", ".join(str(version) for version in one.get("fixed_in") or ()) or "nowhere yet"
    return f"{' '.join(names)}; fixed in {fixed}"


def asked_npm(root: Path, command: Sequence[str]) -> list[Finding]:
    """Ask npm about its lock; its exit code says too little, so its answer is read."""
    wanted = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    expected = len([name for name in wanted if name])
    try:
        done = subprocess.run(
            [*command, "audit", "--json", "--package-lock-only"],
            cwd=root, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return [Finding("npm audit", "", trouble=type(error).__name__)]
    return judged_npm(said, expected)


def judged_npm(said: Any, expected: int) -> list[Finding]:
    """Read npm's answer; it must speak of at least as many packages as the lock holds."""
    if not isinstance(said, dict) or "error" in said:
        return [Finding("npm audit", "", trouble="npm could not ask")]
    found, counts = said.get("vulnerabilities"), said.get("metadata")
    if not isinstance(found, dict) or not isinstance(counts, dict):
        return [Finding("npm audit", "", trouble="an answer of another shape")]
    dependencies, sums = counts.get("dependencies"), counts.get("vulnerabilities")
    total = dependencies.get("total", 0) if isinstance(dependencies, dict) else 0
    if total < expected or not isinstance(sums, dict) or not all(name in sums for name in SEVERITIES):
        return [Finding("npm audit", "", trouble=f"an answer about {total} packages, not {expected}")]
    rows = [
        Finding(name, str(one.get("range", "")), (str(one.get("severity")),)) for name, one in found.items()
    ]
    if len(rows) != sums.get("total", len(rows)):
        return [Finding("npm audit", "", trouble="an answer that contradicts itself")]
    return rows or [Finding("npm lock", f"{expected} packages")]


def report(findings: Iterable[Finding], python: int) -> int:
    """Print the table; return 0 only when every pin was asked about and is clean."""
    rows = sorted(findings, key=lambda one: (not one.trouble, not one.known, one.name))
    for one in rows:
        state = f"NOT ASKED: {one.trouble}" if one.trouble else "; ".join(one.known) or "clean"
        print(f"{one.name:<36}{one.version:<18}{state}")
    unasked, bad = sum(bool(one.trouble) for one in rows), sum(bool(one.known) for one in rows)
    print(f"{python} pins in {len(LOCKS)} locks and the npm lock: {bad} vulnerable, {unasked} not looked up")
    return 1 if unasked or bad or not python else 0


def main() -> None:
    """Ask about everything; exit 1 on anything known, and on anything not known."""
    from scripts.vendor import npm

    wanted, simple = pins(ROOT), index()
    with ThreadPoolExecutor(max_workers=4) as pool:
        findings = list(pool.map(lambda pin: asked(simple, *pin), wanted))
    try:
        findings += asked_npm(ROOT, [npm()])
    except (OSError, subprocess.CalledProcessError) as error:
        findings.append(Finding("npm audit", "", trouble=type(error).__name__))
    sys.exit(report(findings, len(wanted)))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
