"""Does the glossary know every status, move, party, role and kind the code knows?"""

import importlib
import pkgutil
from collections.abc import Mapping

import hongyan
from hongyan.journeys import states
from tests.conventions.glossary import PATH, rows
from tests.conventions.tree import nothing

Words = dict[str, Mapping[str, str]]


def labelled() -> Words:
    """Collect every table of labels in the product: `module.NAME_LABELS` → {member: Chinese label}."""
    found: Words = {}
    for module in pkgutil.walk_packages(hongyan.__path__, "hongyan."):
        if module.name.endswith("__main__") or ".migrations" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            is_table = name.endswith("LABELS") and isinstance(value, dict) and value
            if is_table and all(isinstance(key, str) for key in value):
                # An imported table counts once, at its enum's home.
                home = type(next(iter(value))).__module__.replace("builtins", module.name)
                found[f"{home}.{name}"] = value
    return found


def missing(text: str, words: Words) -> list[str]:
    """List the members that have no row with both their label and their word."""
    known = {(row[0], cell) for row in rows(text) for cell in row[1:]}
    return [
        f"{table}: | {label} | `{member!s}` |"
        for table, labels in sorted(words.items())
        for member, label in labels.items()
        # A whole sentence is a message, not a term.
        if "\u3002" not in label and (label, str(member)) not in known
    ]


def test_the_glossary_is_complete() -> None:
    nothing(missing(PATH.read_text(encoding="utf-8"), labelled()))


def test_every_status_move_and_party_has_a_label() -> None:
    assert set(states.STATUS_LABELS) == set(states.Status)
    assert set(states.VERB_LABELS) == set(states.Verb)
    assert set(states.PARTY_LABELS) == set(states.Party)
    assert {"hongyan.journeys.states.STATUS_LABELS", "hongyan.members.roles.ROLE_LABELS"} <= set(labelled())


def test_a_planted_gap_is_caught() -> None:
    words: Words = {
        "hongyan.journeys.states.STATUS_LABELS": {
            str(key): label for key, label in states.STATUS_LABELS.items()
        }
    }
    whole = "| x | y |\n" + "\n".join(f"| {label} | `{key}` |" for key, label in states.STATUS_LABELS.items())
    assert not missing(whole, words)
    assert missing(whole.replace("`hosted`", "`hostel`"), words)
    assert missing(whole.replace(states.STATUS_LABELS[states.Status.HOSTED], ""), words)
