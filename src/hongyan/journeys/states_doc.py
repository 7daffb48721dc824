"""What does the table of moves look like as a document?"""

from hongyan.journeys.states import (
    END_REASONS,
    MOVES,
    PARTY_LABELS,
    STATUS_LABELS,
    VERB_LABELS,
    Move,
    Party,
    Status,
)

HEAD = """# Journey states

Drawn from `hongyan.journeys.states.MOVES` by `hongyan states`; a test compares them. Do not edit.

What is not in the table cannot happen: asked for anyway, it is refused with a sentence that says what to do.
"""


def _named(status: Status | None) -> str:
    return f"{STATUS_LABELS[status]} `{status}`" if status else "(none)"


def _statuses() -> str:
    rows = "\n".join(f"| `{status}` | {STATUS_LABELS[status]} |" for status in Status)
    return f"## Statuses\n\n| word in the code | what people read |\n|---|---|\n{rows}\n"


def _sources(move: Move) -> list[Status | None]:
    """List where a move starts, in the order of the statuses; None: before there is a journey."""
    return [*(status for status in Status if status in move.sources)] or [None]


def _parties(move: Move) -> str:
    return ", ".join(f"{PARTY_LABELS[party]} `{party}`" for party in Party if party in move.parties)


def _moves() -> str:
    lines = ["## Moves", "", "| move | from | to | whose move |", "|---|---|---|---|"]
    for move in MOVES:
        sources = _sources(move)
        from_ = "<br>".join(_named(status) for status in sources)
        target = _named(move.target) if move.target else "(stays)"
        lines.append(f"| {VERB_LABELS[move.verb]} `{move.verb}` | {from_} | {target} | {_parties(move)} |")
    return "\n".join(lines) + "\n"


def _matrix() -> str:
    """Draw status × move: the status after it, a dot where it stays, nothing where it is refused."""
    verbs = list(dict.fromkeys(move.verb for move in MOVES if move.sources))
    lines = ["## Status × move", ""]
    lines.append("| move | " + " | ".join(f"`{status}`" for status in Status) + " |")
    lines.append("|---|" + "---|" * len(Status))
    for verb in verbs:
        cells = []
        for status in Status:
            move = next((row for row in MOVES if row.verb == verb and status in row.sources), None)
            cells.append("" if move is None else f"→ `{move.target}`" if move.target else "·")
        lines.append(f"| `{verb}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _reasons() -> str:
    rows = [
        f"| `{reason}` | {', '.join(f'`{status}`' for status in Status if status in statuses)} |"
        for reason, statuses in END_REASONS.items()
    ]
    return "## How a journey may end\n\n| reason of `end` | from |\n|---|---|\n" + "\n".join(rows) + "\n"


def _diagram() -> str:
    """Draw the moves that change the status, one arrow for all verbs between the same two."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        for source in _sources(move):
            if move.target and move.target != source:
                arrows.setdefault((source or "[*]", move.target), []).append(move.verb)
    lines = ["## Diagram", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {source} --> {target}: {', '.join(verbs)}" for (source, target), verbs in arrows.items()]
    lines += [f"    {Status.CLOSED} --> [*]", "```"]
    return "\n".join(lines) + "\n"


def render() -> str:
    """Return the document in Markdown."""
    return "\n".join((HEAD, _statuses(), _moves(), _matrix(), _reasons(), _diagram()))
