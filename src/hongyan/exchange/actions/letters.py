"""Write a letter, print it again, take its answer: the receiver's word becomes a move like any other."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from hongyan.audit.actions import record
from hongyan.exchange.codes import digest_of, digests_of, new_code
from hongyan.exchange.models import Answer, Letter
from hongyan.exchange.refusals import Refusal, Refused, Why, refuse
from hongyan.exchange.wording import evidence
from hongyan.journeys import actions as journeys
from hongyan.journeys import periods
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import tell
from hongyan.journeys.states import ON_THE_WAY
from hongyan.journeys.telling import to_desk
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Role
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn


@dataclass(frozen=True)
class Reply:
    """What a receiver says on the public page."""

    answer: Answer
    branch: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    words: str = ""


def write_letter(
    *,
    journey: Journey,
    receiver: Organization,
    by: Actor,
    at: datetime,
    key: str | None = None,
    expect: int | None = None,
) -> tuple[Letter, str]:
    """Write a letter about a case on one's desk; return it with its code, which is readable this once."""
    code, terms = new_code(), in_force(at)
    with in_turn():
        if key and Transition.objects.filter(key=key).exists():
            raise Refused(refuse(Why.ALREADY_WRITTEN))
        made = journeys.send_letter(journey=journey, receiver=receiver, by=by, at=at, key=key, expect=expect)
        if Letter.objects.filter(journey=made, move=made.version).exists():
            # The same form twice in the same moment.
            raise Refused(refuse(Why.ALREADY_WRITTEN))
        before = Letter.objects.filter(journey=made)
        before.live().update(withdrawn_at=at, withdrawn_by=by.code, next_at=None)
        letter = Letter.objects.create(
            journey=made,
            sender=made.holder,
            sender_path=made.holder_path,
            receiver=receiver,
            move=made.version,
            ordinal=before.filter(sender=made.holder).count() + 1,
            code_digest=digest_of(code),
            expires_at=periods.letter_climbs(at, terms),
            due_at=periods.letter_due(at, terms),
            next_at=periods.letter_reminder_due(at, terms),
            written_at=at,
            written_by=by.code,
        )
    return letter, code


def reprint_letter(*, letter: Letter, by: Actor, at: datetime) -> str:
    """Make a new code for a letter nobody has answered; the one printed before opens nothing any more."""
    code = new_code()
    with in_turn():
        waiting = Letter.objects.live().filter(pk=letter.pk, journey__status__in=ON_THE_WAY)
        if not waiting.exists():
            raise Refused(refuse(Why.NOT_WAITING))
        Letter.objects.filter(pk=letter.pk).update(code_digest=digest_of(code), prints=F("prints") + 1)
        record(
            actor=by.code,
            verb="reprint_letter",
            subject=f"letter:{letter.pk}",
            organization=letter.sender_id,
            at=at,
        )
    return code


def letter_with(code: str, *, at: datetime) -> Letter:
    """Find the letter a code still opens, or raise the one refusal there is."""
    live = Letter.objects.live().filter(code_digest__in=digests_of(code), expires_at__gt=at)
    letter = live.select_related("journey__member", "journey__home", "sender", "receiver").first()
    if letter is None:
        raise Refused(refuse(Why.WRONG_CODE))
    return letter


def why_not_reply(reply: Reply) -> Refusal | None:
    """Say what an answer lacks."""
    if reply.answer == Answer.ACCEPTED:
        if not reply.branch:
            return refuse(Why.BRANCH_MISSING)
        return None if reply.contact_name and reply.contact_phone else refuse(Why.CONTACT_MISSING)
    return None if reply.words else refuse(Why.WORDS_MISSING)


def _ask_for_call(letter: Letter, at: datetime) -> None:
    """Ask the sender to check a yes by telephone: the letter bore no name, and anybody may hold it."""
    notify(
        kind="letter_accepted",
        recipient=f"organization:{letter.sender_id}",
        channel=Channel.APP,
        subject=f"letter:{letter.pk}",
        facts={"receiver": letter.receiver.short_name, "link": f"/letters/{letter.pk}/"},
        dedupe_key=f"letter_accepted:{letter.pk}",
        at=at,
    )


def answer_letter(*, code: str, reply: Reply, at: datetime) -> Letter:
    """Take the answer of whoever holds a letter, once: a yes is registered as the desk itself would do it."""
    refusal = why_not_reply(reply)
    if refusal:
        raise Refused(refusal)
    with in_turn():
        letter = letter_with(code, at=at)
        by = f"letter:{letter.pk}"
        taken = (
            Letter.objects.live()
            .filter(pk=letter.pk)
            .update(
                answer=reply.answer,
                answered_at=at,
                answered_by=by,
                branch=reply.branch,
                contact_name=reply.contact_name,
                contact_phone=reply.contact_phone,
                words=reply.words,
                next_at=None,
            )
        )
        if not taken:
            # Somebody else sent the same paper's code in this very moment.
            raise Refused(refuse(Why.WRONG_CODE))
        record(
            actor=by,
            verb="answer_letter",
            subject=f"journey:{letter.journey_id}",
            organization=letter.sender_id,
            details={"letter": letter.pk, "answer": str(reply.answer)},
            at=at,
        )
        _follow(letter, reply, by, at)
    letter.refresh_from_db()
    return letter


def _follow(letter: Letter, reply: Reply, by: str, at: datetime) -> None:
    """Make the move an answer asks for, or tell the desk what it has to do now."""
    now = fresh(letter.journey_id)
    if now.status not in ON_THE_WAY:
        # The case has gone on without the letter: the answer is kept, and nothing moves.
        return
    if reply.answer == Answer.ACCEPTED:
        # The letter speaks for the desk that wrote it, and for whoever the case has climbed to since.
        seat = Seat(Role.SECRETARY, now.holder_id, now.holder_path, now.holder.short_name)
        journeys.register_outside(
            journey=now,
            host=letter.receiver,
            by=Actor(code=by, seats=(seat,)),
            at=at,
            note=evidence(letter.number, reply.branch, reply.contact_name, reply.contact_phone),
            key=f"{by}:accepted",
        )
        _ask_for_call(letter, at)
        return
    if reply.answer == Answer.ELSEWHERE:
        # Nothing more comes from there: the desk acts in its own term, not in that of a letter.
        journeys.expect_desk(journey=now, at=at)
    tell([to_desk(now, now.holder, "letter_answered", receiver=letter.receiver.short_name)], at=at)
