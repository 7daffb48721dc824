"""Is docs/journey-states.md what the table of moves says today?"""

from importlib import import_module

from tests.conventions.tree import ROOT

PATH = ROOT / "docs" / "journey-states.md"


def rendered() -> str:
    """Draw the document from the table, as `hongyan states` does."""
    return str(import_module("hongyan.journeys.states_doc").render()).strip()


def differs(text: str) -> bool:
    """Tell whether a document is not what the table says."""
    return text.strip() != rendered()


def test_the_document_is_drawn_from_the_table() -> None:
    assert not differs(PATH.read_text(encoding="utf-8")), "run `hongyan states > docs/journey-states.md`"


def test_a_planted_difference_is_caught() -> None:
    assert not differs(rendered())
    assert differs(rendered().replace("accept", "admit"))
