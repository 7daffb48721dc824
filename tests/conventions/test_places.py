"""Is the project free of what belongs to one machine: its folders, its registries, its neighbours?"""

import re

import pytest

from tests.conventions.tree import Source, nothing, sources

# Each pattern is written so that it does not match its own spelling here.
MACHINE = re.compile(
    r"(?<![\w.])/(?:work|tmp|root|home|opt|mnt)/(?!\s)"
    r"|\.\./[s]hared|\.[l]ibrary/"
    r"|(?:pypi|files\.pythonhosted)\.[o]rg|registry\.npm[j]s|npm[m]irror|--(?:extra-)?index-[u]rl|--find-[l]inks"
    r"|(?<!no-emit-)trusted-[h]ost|deb\.debian\.[o]rg"
)
# Folders of the machine that deployment itself is about.
EXEMPT = {
    "deploy/**": "units and containers name the folders of the machine they are installed on",
    "docs/operations.md": "the manual of the same machine",
}
LOCKS = ("requirements*.lock", "package.json", "package-lock.json", ".npmrc", "pyproject.toml")
ADDRESS = re.compile(r"https?:|file:/|git\+|registry=|index-url|find-links|\"resolved\"")
REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>\S+)(?P<rest>.*)$")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def places(source: Source) -> list[str]:
    """List the lines that speak of one machine or one registry."""
    lines = enumerate(source.text.splitlines(), 1)
    return [f"{source.path}:{number}: {line.strip()[:100]}" for number, line in lines if MACHINE.search(line)]


def addresses(source: Source) -> list[str]:
    """List the lines of a lock or manifest that hold an address."""
    lines = enumerate(source.text.splitlines(), 1)
    return [f"{source.path}:{number}: {line.strip()[:100]}" for number, line in lines if ADDRESS.search(line)]


def unhashed(source: Source) -> list[str]:
    """List the requirements of a lock that are not pinned to exact files."""
    joined = source.text.replace("\\\n", " ")
    wanted = [
        line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")
    ]
    return [
        f"{source.path}: {line[:60]}"
        for line in wanted
        if not (REQUIREMENT.match(line.split("#")[0].strip()) and HASH.search(line))
    ]


def test_no_file_speaks_of_one_machine() -> None:
    judged = [source for source in sources("**") if not source.matches(*EXEMPT)]
    nothing(line for source in judged for line in places(source))


def test_no_lock_holds_an_address() -> None:
    judged = sources(*LOCKS)
    assert {source.path for source in judged} >= {
        "requirements.lock",
        "requirements-dev.lock",
        "package-lock.json",
    }
    nothing(line for source in judged for line in addresses(source))


def test_every_requirement_is_hashed() -> None:
    nothing(line for source in sources("requirements*.lock") for line in unhashed(source))


def test_the_locks_agree() -> None:
    runtime, development = (
        dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", source.text, re.MULTILINE))
        for source in (sources("requirements.lock")[0], sources("requirements-dev.lock")[0])
    )
    assert runtime
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}


@pytest.mark.parametrize(
    "fault",
    [
        "DATA = '/tm" + "p/data'",
        "see ../sha" + "red/design",
        "cd /wor" + "k/main",
        "https://py" + "pi.org/simple",
        "--index" + "-url x",
        "registry.np" + "mjs.org",
    ],
)
def test_a_planted_place_is_caught(fault: str) -> None:
    assert places(Source("src/hongyan/settings.py", fault))


@pytest.mark.parametrize(
    "fault", ['"resolved": "x"', "--find" + "-links x", "# from https://x", "x @ file:///x"]
)
def test_a_planted_address_is_caught(fault: str) -> None:
    assert addresses(Source("requirements.lock", fault))


@pytest.mark.parametrize("fault", ["django==5.2.19", "django>=5 --hash=sha256:" + "0" * 64, "-e ."])
def test_a_planted_loose_requirement_is_caught(fault: str) -> None:
    assert unhashed(Source("requirements.lock", fault))


def test_paths_of_the_web_are_left_alone() -> None:
    assert not places(Source("src/hongyan/urls.py", "path('work/', x)\nurl = '/api/v1/work'\na / b\n"))
