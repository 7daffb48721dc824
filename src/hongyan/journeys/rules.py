"""May this be done, and if not, why not?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.refusals import Refusal, Refused, Why, refuse
from hongyan.journeys.search_rules import why_not_flag
from hongyan.journeys.states import (
    CONSEQUENCES,
    MOVES,
    PARTY_LABELS,
    PARTY_REACHES,
    POWER,
    STATUS_LABELS,
    VERB_LABELS,
    Answer,
    Party,
    Purpose,
    Status,
    Verb,
    find_move,
)
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import RESEND_LABEL, SOMEWHERE, either
from hongyan.members.models import Member
from hongyan.members.permissions import CLOCK, Actor, Seat
from hongyan.members.roles import Power
from hongyan.notifications.models import Channel, Notice
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.organizations.succession import heir_of

BACKED_OUT = (Answer.REDIRECTED, Answer.SENT_BACK)


@dataclass(frozen=True)
class Standing:
    """As which party somebody may make a move, and for which organisation."""

    party: Party
    seat: Seat | None = None

    @property
    def organization_id(self) -> int | None:
        """Return the organisation acted for, None for a member or the clock."""
        return self.seat.organization_id if self.seat else None


def _place(party: Party, journey: Journey) -> str:
    """Name the organisation that is this party of a case, by its path."""
    if party == Party.HOME:
        return str(journey.home_path)
    return str(journey.host_path if party == Party.HOST else journey.holder_path)


def _seat(party: Party, journey: Journey, by: Actor, power: Power) -> Seat | None:
    """Find the seat that makes this person the party, if he has one."""
    if party not in PARTY_REACHES:
        return None
    return by.seat_reaching(power, PARTY_REACHES[party], _place(party, journey))


def is_only_opened(journey: Journey, by: Actor) -> bool:
    """Tell whether somebody sees a case through an emergency only: then he reads and does nothing."""
    return journey.member_id in by.opened


def standing(verb: Verb, journey: Journey, by: Actor) -> Standing | None:
    """Tell as which party this person may make the move now, None when it is not his to make."""
    move = find_move(verb, Status(journey.status))
    if move is None or is_only_opened(journey, by):
        return None
    if Party.MEMBER in move.parties and by.member_id == journey.member_id:
        return Standing(Party.MEMBER)
    if Party.CLOCK in move.parties and by == CLOCK:
        return Standing(Party.CLOCK)
    for party in Party:
        if party in move.parties:
            seat = _seat(party, journey, by, POWER[verb])
            if seat:
                return Standing(party, seat)
    return None


def why_not(verb: Verb, journey: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot make this move now, None when he can."""
    status = Status(journey.status)
    move = find_move(verb, status)
    if move is None:
        return refuse(Why.NOT_NOW, status=STATUS_LABELS[status], verb=VERB_LABELS[verb])
    if is_only_opened(journey, by):
        return refuse(Why.ONLY_OPENED)
    if standing(verb, journey, by) is None:
        party = either(PARTY_LABELS[party] for party in Party if party in move.parties)
        return refuse(Why.NOT_YOURS, party=party, holder=journey.holder.short_name)
    if verb == Verb.ACCEPT and not journey.holder.can_host:
        return refuse(Why.CANNOT_HOST, holder=journey.holder.short_name)
    if verb in (Verb.CONFIRM, Verb.DENY) and not live_arrival(journey):
        return refuse(Why.NOTHING_TO_CONFIRM)
    if verb == Verb.FIND and (arrival := live_arrival(journey)):
        return refuse(Why.ALREADY_FOUND, finder=arrival.sender.short_name if arrival.sender else SOMEWHERE)
    if verb in (Verb.REDIRECT, Verb.SEND_BACK):
        return _why_not_onwards(journey)
    if verb == Verb.SEND_LETTER:
        return _why_no_letter(journey)
    if verb == Verb.SEND_HOME and not journey.member.is_guest:
        return refuse(Why.NOT_A_GUEST)
    if verb == Verb.FLAG_LOST:
        return why_not_flag(journey)
    if verb in (Verb.LOG_SEARCH, Verb.RECORD_DECISION) and not (journey.lost_at or journey.watched_at):
        return refuse(Why.NOT_LOOKED_FOR)
    return None


def _why_not_onwards(journey: Journey) -> Refusal | None:
    """Refuse what would only move a case around."""
    live = live_handoff(journey)
    if live and live.purpose == Purpose.BINDING:
        return refuse(Why.BINDING)
    hops = journey.handoffs.exclude(purpose=Purpose.ARRIVAL).count()
    return refuse(Why.HOP_LIMIT, hops=str(hops)) if hops >= in_force().hop_limit else None


def _why_no_letter(journey: Journey) -> Refusal | None:
    """Refuse one letter more than a desk may wait for: a case must not rest on letters for ever."""
    live = live_handoff(journey)
    sent = journey.transitions.filter(verb=Verb.SEND_LETTER, number__gt=live.hop if live else 0).count()
    if sent < in_force().letters_limit:
        return None
    return refuse(Why.LETTERS_SENT, letters=str(sent))


def live_handoff(journey: Journey) -> Handoff | None:
    """Return the hand-off that waits for an answer."""
    return journey.handoffs.filter(answered_at=None).select_related("sender", "receiver").first()


def live_arrival(journey: Journey) -> Handoff | None:
    """Return the report of a destination that found the member, waiting for home's word."""
    live = live_handoff(journey)
    return live if live and live.purpose == Purpose.ARRIVAL else None


def arrival_to_confirm(journey: Journey) -> tuple[Handoff, Organization]:
    """Return the report home is asked about and who made it; raise when there is none."""
    arrival = live_arrival(journey)
    if arrival is None or arrival.sender is None:
        raise Refused(refuse(Why.NOTHING_TO_CONFIRM))
    # Closed meanwhile, its successor has met him.
    return arrival, heir_of(arrival.sender)


def why_not_mark(
    *,
    member: Member,
    by: Actor,
    departs_on: date,
    expected_return_on: date | None,
    destination: str,
) -> Refusal | None:
    """Say why this member cannot be marked as away."""
    if by.seat_over(POWER[Verb.MARK], member.branch_path) is None:
        return refuse(Why.MEMBER_NOT_HERE)
    return why_a_guest(member, by) or why_not_leave(
        member=member, departs_on=departs_on, expected_return_on=expected_return_on, destination=destination
    )


def why_a_guest(member: Member, by: Actor) -> Refusal | None:
    """Refuse to mark somebody whom another installation has sent here."""
    return refuse(Why.IS_A_GUEST) if member.is_guest and not by.is_peer else None


def why_not_leave(
    *, member: Member, departs_on: date, expected_return_on: date | None, destination: str
) -> Refusal | None:
    """Say why this member cannot go away there and then, whoever asks."""
    wrong = why_wrong_leave(
        member=member, departs_on=departs_on, expected_return_on=expected_return_on, destination=destination
    )
    if wrong:
        return wrong
    already = Journey.objects.open().filter(member=member).first()
    return why_away(already.status) if already else None


def why_away(status: str) -> Refusal:
    """Say that somebody is away already."""
    return refuse(Why.ALREADY_AWAY, status=STATUS_LABELS[Status(status)])


def why_wrong_leave(
    *, member: Member, departs_on: date, expected_return_on: date | None, destination: str
) -> Refusal | None:
    """Say what is wrong with a leave by itself: who is gone for good, its days, its place."""
    if member.erased_at:
        return refuse(Why.ERASED)
    if expected_return_on and expected_return_on < departs_on:
        return refuse(Why.DATES_REVERSED)
    home = member.branch.division_id or ""
    if len(home) >= len("620102016") and destination.startswith(home):
        return refuse(Why.DESTINATION_HOME)
    return None


def why_not_target(verb: Verb, journey: Journey, target: Organization, seat: Seat | None) -> Refusal | None:
    """Say why a case cannot go to this organisation."""
    name = target.short_name
    if target.closed_at:
        return refuse(Why.TARGET_CLOSED, target=name)
    if not target.has_desk:
        return refuse(Why.TARGET_NO_DESK, target=name)
    if target.pk == journey.holder_id:
        return refuse(Why.TARGET_SAME, target=name)
    if verb == Verb.FORWARD and not (paths.covers(journey.holder_path, target.path)):
        return refuse(Why.TARGET_NOT_BELOW, target=name)
    if verb == Verb.DECIDE:
        outside = seat is None or not paths.covers(seat.path, target.path)
        return refuse(Why.TARGET_OUTSIDE_YOURS, target=name) if outside else None
    if verb == Verb.FORWARD:
        # From above and after checking, the same branch may well be the right one.
        return None
    left = journey.handoffs.filter(receiver=target, answer__in=BACKED_OUT).exists()
    return refuse(Why.LOOP, target=name) if left else None


def why_not_resend(journey: Journey, by: Actor, at: datetime) -> Refusal | None:
    """Say why this person cannot send the member a new link now."""
    status = Status(journey.status)
    if status == Status.CLOSED:
        return refuse(Why.NOT_NOW, status=STATUS_LABELS[status], verb=RESEND_LABEL)
    if _seat(Party.HOME, journey, by, Power.MARK) is None:
        return refuse(Why.NOT_YOURS, party=PARTY_LABELS[Party.HOME], holder=journey.holder.short_name)
    least = in_force(at).resend_minutes
    since = at - timedelta(minutes=least)
    sent = Notice.objects.filter(
        subject=f"journey:{journey.pk}", kind="check_in_reminder", created_at__gt=since
    ).exclude(channel=Channel.APP)
    # A phone must not be flooded by anybody's impatience.
    return refuse(Why.JUST_SENT, minutes=str(least)) if sent.exists() else None


def moves_from(journey: Journey) -> tuple[Verb, ...]:
    """List the moves somebody can choose from the journey's status, in the table's order."""
    status = Status(journey.status)
    found = dict.fromkeys(move.verb for move in MOVES if status in move.sources)
    return tuple(verb for verb in found if verb not in CONSEQUENCES)
