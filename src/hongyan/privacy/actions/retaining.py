"""What is too old to be kept, and what becomes of it? One function for each rule with days."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from hongyan.audit.actions import prune_sealed, record
from hongyan.exchange.actions.forgetting import carried_messages
from hongyan.exchange.models import Crossing, Letter
from hongyan.finding.actions.forgetting import (
    confirmed_referrals,
    found_text,
    unanswered_findings,
    unconfirmed_referrals,
)
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Handoff, Journey, Return, Search, SearchAttempt, Transition
from hongyan.journeys.states import CloseReason
from hongyan.members.actions import forget_expired
from hongyan.members.models import ApiToken, Appointment, BreakGlass, Member, PaperCode, User
from hongyan.notifications.actions import forget_facts
from hongyan.notifications.models import Notice, Sending, State
from hongyan.notifications.rows import SIGNED_LINK
from hongyan.privacy.actions.consenting import unbind_without_consent
from hongyan.privacy.actions.erasing import (
    CLOCK,
    NOTHING,
    empty_words,
    erase,
    forget_pages,
    renew_tombstones,
    vacuum,
)
from hongyan.privacy.models import Consent, RightsRequest
from hongyan.privacy.policy import policy
from hongyan.roster.actions import purge_rows
from hongyan.roster.models import Gone
from hongyan.schedule.actions import forget_runs
from hongyan.vault.sealing import VERSION

BATCH = 500
# How a sealed value begins when it is written as hexadecimal digits.
_ENVELOPE = f"{VERSION:02x}"
Applier = Callable[[datetime, datetime], int]


def _batches(rows: QuerySet[Model]) -> Iterable[list[int]]:
    """Yield numbers of rows, a batch at a time; whoever takes a batch changes the rows so that they leave."""
    last: list[int] = []
    while True:
        found = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        # A batch that came back unchanged would come back for ever.
        if not found or found == last:
            return
        yield found
        last = found


def _delete(rows: QuerySet[Model]) -> int:
    gone = 0
    for found in _batches(rows):
        with transaction.atomic():
            gone += rows.model._default_manager.filter(pk__in=found).delete()[0]
    return gone


def closed_words(before: datetime, at: datetime) -> int:
    """Empty what was written about journeys that ended long ago."""
    said = Q(destination_text="", employer="", talk_by="", party_group="")
    hops = Handoff.objects.filter(journey=OuterRef("pk")).exclude(note="", explanation={})
    moves = Transition.objects.filter(journey=OuterRef("pk")).exclude(note="")
    returns = Return.objects.filter(journey=OuterRef("pk")).exclude(talk_by="", talk_note="", closing_note="")
    looked = Search.objects.filter(journey=OuterRef("pk")).exclude(reason="", decision="")
    tries = SearchAttempt.objects.filter(search__journey=OuterRef("pk")).exclude(who="", note="")
    letters = Letter.objects.filter(journey=OuterRef("pk")).exclude(
        branch="", contact_name="", contact_phone="", words=""
    )
    shared = Crossing.objects.filter(journey=OuterRef("pk")).exclude(where="", contact="", words="")
    asked = Exists(looked) | Exists(tries) | Exists(letters) | Exists(shared)
    written = asked | ~said | Exists(hops) | Exists(moves) | Exists(returns)
    rows = Journey.objects.filter(closed_at__lt=before).filter(written)
    emptied = 0
    for found in _batches(rows):
        with transaction.atomic():
            empty_words(found)
        emptied += len(found)
    return emptied


def expired_links(before: datetime, at: datetime) -> int:
    """Take links out of notices when they open nothing any more."""
    # Sealed as every signed link is, or in clear, as an older version of the program left it.
    signed = Q(facts__link__startswith=_ENVELOPE) | Q(facts__link__startswith=SIGNED_LINK)
    rows = Notice.objects.filter(signed, created_at__lt=before)
    cleared = 0
    for found in _batches(rows):
        notices = list(Notice.objects.filter(pk__in=found))
        for notice in notices:
            notice.facts = {**notice.facts, "link": ""}
        cleared += Notice.objects.bulk_update(notices, ["facts"])
    return cleared


def unsent_address(before: datetime, at: datetime) -> int:
    """Empty the addresses of notices that could not be sent."""
    return (
        Notice.objects.filter(state=State.FAILED, created_at__lt=before)
        .exclude(address_sealed=b"")
        .update(address_sealed=b"")
    )


def old_notices(before: datetime, at: datetime) -> int:
    """Delete notices that are done with; one that keeps an open case from being reminded twice stays."""
    done = Q(sent_at__lt=before) | Q(withdrawn_at__lt=before) | Q(state=State.FAILED, created_at__lt=before)
    gone, last = 0, 0
    while True:
        rows = Notice.objects.filter(done, pk__gt=last).order_by("pk")[:BATCH]
        found = list(rows.values_list("pk", "subject", "dedupe_key"))
        if not found:
            return gone
        last = found[-1][0]
        cases = {int(number) for _, subject, _ in found if (number := subject.partition(":")[2]).isdigit()}
        going_on = {
            f"journey:{pk}" for pk in Journey.objects.open().filter(pk__in=cases).values_list("pk", flat=True)
        }
        old = [pk for pk, subject, key in found if key is None or subject not in going_on]
        gone += Notice.objects.filter(pk__in=old).delete()[0]


def sign_in_codes(before: datetime, at: datetime) -> int:
    """Empty messages with a sign-in code, also where nobody has asked for another one since."""
    return forget_facts(kind="sign_in_code", before=before, at=at)


def sendings(before: datetime, at: datetime) -> int:
    """Forget what was sent to which number, once no limit counts it any more."""
    return _delete(Sending.objects.filter(at__lt=before))


def paper_codes(before: datetime, at: datetime) -> int:
    """Delete paper codes that were used or ran out."""
    return _delete(PaperCode.objects.filter(Q(used_at__lt=before) | Q(expires_at__lt=before)))


def attempts(before: datetime, at: datetime) -> int:
    """Forget how often something was tried in a window of time that is over."""
    return forget_expired(at=before)


def old_tokens(before: datetime, at: datetime) -> int:
    """Delete tokens of other systems that were taken back or ran out."""
    return _delete(ApiToken.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)))


def emergencies(before: datetime, at: datetime) -> int:
    """Empty the reasons of emergency looks; who looked at whom and when stays."""
    return BreakGlass.objects.filter(expires_at__lt=before).exclude(reason=NOTHING).update(reason=NOTHING)


def former_officials(before: datetime, at: datetime) -> int:
    """Empty the phones of people who have no duty any more."""
    day = before.astimezone(SHANGHAI).date()
    lasting = Q(revoked_at=None) & (Q(until_on=None) | Q(until_on__gte=day)) | Q(revoked_at__gte=before)
    serves = Appointment.objects.filter(lasting, user=OuterRef("pk"))
    return User.objects.filter(~Exists(serves), created_at__lt=before).exclude(phone="").update(phone="")


def withdrawn_consents(before: datetime, at: datetime) -> int:
    """Delete consents that were withdrawn long ago."""
    return _delete(Consent.objects.filter(withdrawn_at__lt=before))


def answered_requests(before: datetime, at: datetime) -> int:
    """Empty what was written in requests that are done."""
    rows = RightsRequest.objects.filter(done_at__lt=before)
    full = rows.exclude(value_sealed=b"", note_sealed=b"", reason_sealed=b"")
    return full.update(value_sealed=b"", note_sealed=b"", reason_sealed=b"")


def staged_rows(before: datetime, at: datetime) -> int:
    """Let go of what waited too long to be compared, or was not taken."""
    return purge_rows(before=before, at=at)


def answered_gone(before: datetime, at: datetime) -> int:
    """Delete why somebody was missing from an export, long after."""
    return _delete(Gone.objects.filter(answered_at__lt=before))


def left_membership(before: datetime, at: datetime) -> int:
    """Erase members whose membership left the branch and who have not been away since."""
    left = Q(close_reason__in=(CloseReason.TRANSFERRED, CloseReason.REMOVED))
    journeys = Journey.objects.filter(member=OuterRef("pk"))
    gone = Exists(journeys.filter(left, closed_at__lt=before))
    later = Exists(journeys.filter(Q(closed_at=None) | Q(closed_at__gte=before) | ~left))
    erased = 0
    for found in _batches(Member.objects.filter(gone, ~later, erased_at=None)):
        for member in Member.objects.filter(pk__in=found):
            erase(member=member, by=CLOCK, at=at)
            erased += 1
    return erased


def sessions(before: datetime, at: datetime) -> int:
    """Delete sessions that ran out, and the devices whose session is gone."""
    gone = Session.objects.filter(expire_date__lt=before).delete()[0]
    devices = apps.get_model("usersessions", "UserSession").objects.filter(last_seen_at__lt=before)
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    apps.get_model("socialaccount", "SocialToken").objects.filter(expires_at__lt=before).delete()
    return gone + int(devices.filter(~Exists(alive)).delete()[0])


def cached(before: datetime, at: datetime) -> int:
    """Delete what the shared cache has left lying."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        until = connection.ops.adapt_datetimefield_value(before.replace(microsecond=0))
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [until])
        return int(cursor.rowcount)


def old_runs(before: datetime, at: datetime) -> int:
    """Delete runs of the schedule that ended long ago; the last one of each job stays."""
    return forget_runs(before=before)


def audit_trail(before: datetime, at: datetime) -> int:
    """Let go of sealed batches of the audit that are wholly older."""
    return prune_sealed(before=before, at=at, by=CLOCK).rows


APPLIERS: dict[str, Applier] = {
    applier.__name__: applier
    for applier in (
        closed_words,
        expired_links,
        unsent_address,
        old_notices,
        sign_in_codes,
        sendings,
        paper_codes,
        attempts,
        old_tokens,
        emergencies,
        former_officials,
        withdrawn_consents,
        answered_requests,
        staged_rows,
        answered_gone,
        left_membership,
        sessions,
        cached,
        old_runs,
        audit_trail,
        found_text,
        carried_messages,
        unanswered_findings,
        unconfirmed_referrals,
        confirmed_referrals,
    )
}


def apply_retention(*, at: datetime) -> dict[str, int]:
    """Apply every rule that has days; return by rule how many rows it met; again does nothing more."""
    met = {}
    for rule in policy().rules.values():
        if rule.days is None:
            continue
        met[rule.name] = APPLIERS[rule.name](at - timedelta(days=rule.days), at)
        if met[rule.name]:
            # By count: what was emptied is named by its rule, never by whose it was.
            details = {"rows": met[rule.name], "days": rule.days}
            record(actor=CLOCK, verb="apply_retention", subject=f"rule:{rule.name}", details=details, at=at)
    renew_tombstones(at=at)
    unbind_without_consent(by=CLOCK, at=at)
    if any(met.values()):
        forget_pages()
        vacuum()
    return met


def apply_retention_nightly(*, at: datetime) -> int:
    """Apply every rule, as a job of the schedule; return how many rows were met."""
    return sum(apply_retention(at=at).values())
