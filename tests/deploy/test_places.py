"""Does what stands in deploy/ know every setting of the program, and hold no secret, address or root?"""

import re

import pytest
import yaml

from tests.conventions.tree import Source, product, sources

READ = re.compile(r"environ(?:\.get\(|\[)\s*\"((?:HONGYAN_|DATABASE_)[A-Z_]+)\"")
NAMED = re.compile(r"^#?((?:HONGYAN_|DATABASE_)[A-Z_]+)=", re.MULTILINE)
SECRET = re.compile(r"^(HONGYAN_SECRET_KEY|HONGYAN_KEYS)=\S", re.MULTILINE)


def only(path: str) -> Source:
    """Read one file of the project."""
    (source,) = sources(path)
    return source


def unknown(example: str) -> set[str]:
    """Name what the program reads and the example does not explain, and the other way round."""
    read = {name for source in product() for name in READ.findall(source.text)}
    assert len(read) > 20
    return read ^ set(NAMED.findall(example))


def test_every_variable_is_explained() -> None:
    text = only("deploy/hongyan.env.example").text
    assert unknown(text) == set()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if NAMED.match(line):
            above = lines[number - 1]
            assert above.startswith("# ") or NAMED.match(above), f"{line} says nothing of itself"
    assert not SECRET.search(text)


@pytest.mark.parametrize(
    "change", [("#HONGYAN_DEBUG=", ""), ("#HONGYAN_DEBUG=", "#HONGYAN_DEBUGS=\n#HONGYAN_DEBUG=")]
)
def test_a_planted_variable_is_caught(change: tuple[str, str]) -> None:
    assert unknown(only("deploy/hongyan.env.example").text.replace(*change))


def test_every_variable_stands_in_the_readme() -> None:
    named = set(NAMED.findall(only("deploy/hongyan.env.example").text))
    assert {name for name in named if name not in only("README.md").text} == set()


def test_containers_run_as_nobody_on_a_disk_they_cannot_change() -> None:
    compose = yaml.safe_load(only("deploy/compose.yaml").text)
    for name in ("hongyan", "migrate"):
        service = compose["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "ports" not in service
    assert "ports" not in compose["services"]["db"]
    assert compose["services"]["db"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"]
    for wanted in ("synchronous_commit=on", "fsync=on", "password_encryption=scram-sha-256"):
        assert wanted in compose["services"]["db"]["command"]
    last = only("deploy/Containerfile").text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    images = [service.get("image", "") for service in compose["services"].values()]
    assert not [image for image in images if re.match(r"[^/]+[.:][^/]*/", image)]


@pytest.mark.parametrize("unit", ["hongyan.service", "hongyan-worker@.service", "hongyan-backup.service"])
def test_units_are_hardened(unit: str) -> None:
    text = only(f"deploy/systemd/{unit}").text
    for wanted in (
        "User=hongyan", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "ProtectSystem=strict", "PrivateTmp=yes",
        "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "UMask=0077", "EnvironmentFile=",
    ):  # fmt: skip
        assert wanted in text, f"{unit} lacks {wanted}"


def test_the_proxy_logs_no_link_and_no_query() -> None:
    text = only("deploy/Caddyfile").text
    said = re.search(r"request>uri regexp (\S+) \$1", text)
    assert said
    for address, left in {
        "/r/12-3:x:y/place/?q=1": "/r", "/invited/1-a-b/": "/invited", "/journeys/?q=x": "/journeys", "/": "/",
    }.items():  # fmt: skip
        assert re.sub(said[1], r"\1", address) == left
    assert "request>headers delete" in text
    # The program sets every security header itself.
    assert not re.search(r"header (?!-)\S*(?:Security|Policy|Options)", text)
