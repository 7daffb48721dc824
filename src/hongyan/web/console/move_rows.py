"""Which moves does a case know now, and why can some of them not be made?"""

from dataclasses import dataclass

from hongyan.exchange.reaching import peers_for
from hongyan.journeys.models import Journey
from hongyan.journeys.rules import moves_from, why_not
from hongyan.journeys.states import VERB_LABELS, Verb
from hongyan.members.permissions import Actor


@dataclass(frozen=True)
class MoveButton:
    """One move as a button: its label, its page, and the sentence that says why not."""

    verb: Verb
    label: str
    why_not: str

    @property
    def url_name(self) -> str:
        """Name the URL of the move."""
        return str(self.verb)


def _is_of_no_use(verb: Verb, journey: Journey) -> bool:
    """Tell whether a move is for others: nobody's neighbour serves the place, or he is no guest."""
    if verb == Verb.SEND_ACROSS:
        return journey.member.is_guest or not peers_for(journey)
    return verb == Verb.SEND_HOME and not journey.member.is_guest


def moves_of(journey: Journey, actor: Actor) -> list[MoveButton]:
    """List the moves of the case's status: the possible ones first, the others with their reason."""
    buttons = [
        MoveButton(verb, VERB_LABELS[verb], refusal.sentence if refusal else "")
        for verb in moves_from(journey)
        if not _is_of_no_use(verb, journey)
        for refusal in [why_not(verb, journey, actor)]
    ]
    return sorted(buttons, key=lambda button: bool(button.why_not))
