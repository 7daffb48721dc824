"""Does every duty that is taken back go through the hand-over, so that nobody's members stay with him (T10)?"""

import ast

import pytest

from tests.conventions.tree import Source, nothing, product

# The one action that takes a duty back: what was open goes on in the same transaction.
HANDS_OVER = "src/hongyan/journeys/actions/handing_over.py"
BARE = "hongyan.members.actions.appointing"


def violations(source: Source) -> list[str]:
    """List the places that take a duty back and leave what was open behind."""
    if source.path == HANDS_OVER:
        return []
    modules, bare = {BARE}, set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                if whole == BARE:
                    modules.add(name.asname or name.name)
                if node.module == BARE and name.name in ("dismiss", "*"):
                    bare.add(node.lineno)
        elif isinstance(node, ast.Import):
            modules |= {name.asname for name in node.names if name.name == BARE and name.asname}
    found = [
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "dismiss" and ast.unparse(node.value) in modules
    ]
    return [
        f"{source.path}:{line}: a duty taken back without its hand-over" for line in sorted(bare | set(found))
    ]


def test_every_duty_is_handed_over() -> None:
    nothing(line for source in product() for line in violations(source))


@pytest.mark.parametrize(
    "fault",
    [
        "from hongyan.members.actions import appointing\nappointing.dismiss(appointment=a, by=b, at=c)",
        "from hongyan.members.actions import appointing as duties\nend = duties.dismiss",
        "from hongyan.members.actions.appointing import dismiss",
        "from hongyan.members.actions.appointing import dismiss as end",
        "from hongyan.members.actions.appointing import *",
        "import hongyan.members.actions.appointing\nhongyan.members.actions.appointing.dismiss(appointment=a)",
        "import hongyan.members.actions.appointing as duties\nduties.dismiss(appointment=a)",
    ],
)
def test_a_planted_bare_dismissal_is_caught(fault: str) -> None:
    assert violations(Source("src/hongyan/web/console/views/appointments.py", fault))
    assert not violations(Source(HANDS_OVER, fault))


def test_the_hand_over_itself_is_left_alone() -> None:
    harmless = "from hongyan.journeys import actions\nactions.dismiss(appointment=a, by=b, at=c)"
    assert not violations(Source("src/hongyan/web/console/views/appointments.py", harmless))
