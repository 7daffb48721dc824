"""Put a name down until its owner confirms it on his own phone; then bring him in."""

from datetime import datetime

from django.db import IntegrityError, transaction

from hongyan.finding.actions.companies import count_poster
from hongyan.finding.actions.forgetting import forget_messages
from hongyan.finding.actions.surveying import STILL_TO_COME, bring_in
from hongyan.finding.matching import PHONE_DIGITS, bearer
from hongyan.finding.models import Company, Consent, Finding, Outcome, Referral, Source
from hongyan.finding.posters import referral_path
from hongyan.finding.refusals import Refused, Why, refuse
from hongyan.finding.rules import may_refer
from hongyan.finding.said import REFERRAL, Said, said_of
from hongyan.finding.wording import came_forward
from hongyan.journeys import actions as moves
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused as MoveRefused
from hongyan.journeys.states import Status, Verb, find_move
from hongyan.members.actions.limiting import spend, spend_each
from hongyan.members.models import Member, new_uid
from hongyan.members.permissions import Actor, himself
from hongyan.members.sealing import phone_hash, phone_hashes
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.statements import in_turn

PUBLIC = Actor(code="system:poster")


def refer(*, company: Company, said: Said, by: Actor | None, whence: str, at: datetime) -> None:
    """Ask the owner of a phone for his word; whatever the name, the phone and the roster, it answers alike.

    `by` is an observer who names somebody; without one somebody has filled in the poster's own page.
    """
    if by is not None and not may_refer(company, by):
        raise Refused(refuse(Why.SWITCHED_OFF))
    if not said.name or len(said.phone) != PHONE_DIGITS:
        raise Refused(refuse(Why.NO_PHONE))
    who = ("referral_by_observer", by.code, at) if by else ("referral_from_address", whence, at)
    if not spend_each([who, ("referral_of_company", str(company.pk), at), ("referral_by_all", "all", at)]):
        raise Refused(refuse(Why.TOO_OFTEN))
    if by is None:
        count_poster(company=company, at=at)
    # A phone that was written to often enough gets no more; nobody is told so.
    if spend("referral_to_phone", about=phone_hash(said.phone), at=at):
        _ask(company, said, by or PUBLIC, at)


def _ask(company: Company, said: Said, by: Actor, at: datetime) -> None:
    """Keep the name and send the link; a name that waits already is only asked again."""
    waiting = Referral.objects.filter(company=company, phone_hash__in=phone_hashes(said.phone))
    uid = new_uid()
    try:
        with transaction.atomic():
            referral = waiting.first() or Referral.objects.create(
                uid=uid,
                company=company,
                source=Source.POSTER if by == PUBLIC else Source.REFERRAL,
                said_sealed=said.sealed(REFERRAL, uid),
                phone_hash=phone_hash(said.phone),
                made_at=at,
                made_by=by.code,
            )
            _send(referral, said.phone, at)
    except IntegrityError:
        # The same name twice in one moment: the other one is asked about.
        return


def _send(referral: Referral, phone: str, at: datetime) -> None:
    notify(
        kind="confirm_referral",
        recipient=f"referral:{referral.pk}",
        channel=Channel.SMS,
        subject=f"referral:{referral.pk}",
        facts={"link": referral_path(referral)},
        address=phone,
        at=at,
    )


def decline_referral(*, referral: Referral, at: datetime) -> None:
    """Delete a name at once, because its owner says so."""
    with transaction.atomic():
        gone, _ = Referral.objects.filter(pk=referral.pk, confirmed_at=None).delete()
        forget_messages([referral.pk] if gone else [])


def confirm_referral(*, referral: Referral, name: str, home: str, home_text: str, at: datetime) -> Finding:
    """Bring in whoever has confirmed on his own phone that it is he; once, however often he taps."""
    with in_turn():
        rows = Referral.objects.select_related("company__organization", "finding")
        now = rows.select_for_update(of=("self",)).get(pk=referral.pk)
        if now.finding:
            return now.finding
        waited = said_of(now, REFERRAL)
        said = Said(
            name="".join(name.split())[:60] or waited.name, phone=waited.phone, home=home_text or waited.home
        )
        finding = _come_forward(now, said, home, at)
        now.said_sealed, now.phone_hash = b"", ""
        now.confirmed_at, now.confirmed_by, now.finding = at, finding.registered_by, finding
        now.save()
        return finding


def _come_forward(referral: Referral, said: Said, home: str, at: datetime) -> Finding:
    """Check him in at his workplace when he was marked; else let his home, or somebody outside, be asked."""
    # Name and phone, and the phone is in his hand. Whom only his home tells from others, home speaks for.
    company, member = referral.company, bearer(said)
    by = himself(member) if member else PUBLIC
    moved = _check_in(member, company, by, at) if member else None
    return bring_in(
        organization=company.organization,
        said=said,
        home=home,
        consent=Consent.PHONE,
        by=by,
        at=at,
        source=Source(referral.source),
        company=company,
        outcome=moved,
    )


def _check_in(member: Member, company: Company, by: Actor, at: datetime) -> Outcome | None:
    """Make the move that is his to make, with his workplace as the place; None when home has to be asked."""
    journey = Journey.objects.open().filter(member=member).first()
    if journey is None or journey.host_id == company.organization_id:
        return None
    status = Status(journey.status)
    place = Arrival(
        code=company.division_id, tier="A", reason=came_forward(company.name), employer=company.name
    )
    try:
        if status in STILL_TO_COME:
            moves.check_in(journey=journey, arrival=place, by=by, at=at)
            return Outcome.CONFIRMED
        if find_move(Verb.RELOCATE, status):
            moves.relocate(journey=journey, arrival=place, by=by, at=at)
            return Outcome.KNOWN
    except MoveRefused:
        # Somebody acted in this very moment: home is asked, and nothing is lost.
        return None
    return None
