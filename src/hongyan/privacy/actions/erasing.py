"""How does everything personal of one member go away, and stay away when a backup is restored?"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Q

from hongyan.audit.actions import record
from hongyan.exchange.models import Crossing, Letter
from hongyan.finding.actions.forgetting import forget_found
from hongyan.finding.models import Finding, Referral
from hongyan.journeys.models import Handoff, Journey, Return, Search, SearchAttempt, Transition
from hongyan.members.models import BreakGlass, Member, PaperCode, User
from hongyan.notifications.models import Notice
from hongyan.privacy import tombstones
from hongyan.privacy.models import ERASED_LABELS, Consent, RightsRequest, Tombstone

CLOCK = "system:clock"
# A reason is demanded by the database; this one says that there is none any more.
NOTHING = "-"
# Where a session that a check-in link opened keeps whose it is.
LINK_KEY = "member"
BATCH = 5_000


def erase(*, member: Member, by: str, at: datetime) -> None:
    """Empty everything personal of a member in every table; the rows stay, for past figures."""
    with transaction.atomic():
        _empty_member(member, by, at)
        _empty_journeys(member)
        _empty_rest(member, by, at)
        _close_account(member)
        digest = tombstones.digest_of(member.uid)
        Tombstone.objects.get_or_create(digest=digest, defaults={"erased_at": at, "erased_by": by})
        subject = f"member:{member.pk}"
        record(actor=by, verb="erase", subject=subject, organization=member.branch_id, at=at)
        # Only what has really happened is written outside; what is missing there, `reapply` adds.
        transaction.on_commit(lambda: tombstones.append([digest], at))
        transaction.on_commit(forget_pages)


def _empty_member(member: Member, by: str, at: datetime) -> None:
    Member.objects.filter(pk=member.pk).update(
        name=ERASED_LABELS["erased"],
        initials="",
        sex="",
        ethnicity="",
        birth_on=None,
        education="",
        joined_on=None,
        occupation="",
        phone_sealed=b"",
        phone_hash=f"erased:{member.uid}",
        phone_tail=None,
        id_number_sealed=b"",
        id_number_hash=f"erased:{member.uid}",
        emergency_contact="",
        emergency_phone_sealed=b"",
        is_exempt=False,
        exempt_kind="",
        exempt_review_on=None,
        exempt_due_at=None,
        exempted_at=None,
        exempted_by="",
        credential_number="",
        credential_issued_on=None,
        credential_checked_at=None,
        credential_checked_by="",
        wechat_sealed=b"",
        restricted_at=None,
        restricted_by="",
        erased_at=at,
        erased_by=by,
    )


def _empty_journeys(member: Member) -> None:
    journeys = Journey.objects.filter(member=member)
    # Nobody who is erased goes on waiting to be found: whoever decides ends the journey first.
    empty_words(list(journeys.values_list("pk", flat=True)))
    subjects = [f"journey:{pk}" for pk in journeys.values_list("pk", flat=True)]
    Notice.objects.filter(Q(recipient=f"member:{member.pk}") | Q(subject__in=subjects)).delete()


def empty_words(journey_ids: list[int]) -> None:
    """Empty the addresses, employers, names and remarks of some journeys and of all that happened in them."""
    Journey.objects.filter(pk__in=journey_ids).update(
        destination_text="", employer="", talk_by="", party_group=""
    )
    Handoff.objects.filter(journey_id__in=journey_ids).update(note="", explanation={})
    Transition.objects.filter(journey_id__in=journey_ids).update(note="")
    Search.objects.filter(journey_id__in=journey_ids).update(reason="", decision="")
    SearchAttempt.objects.filter(search__journey_id__in=journey_ids).update(who="", note="")
    Return.objects.filter(journey_id__in=journey_ids).update(talk_by="", talk_note="", closing_note="")
    Letter.objects.filter(journey_id__in=journey_ids).update(
        branch="", contact_name="", contact_phone="", words=""
    )
    Crossing.objects.filter(journey_id__in=journey_ids).update(where="", contact="", words="")


def _empty_rest(member: Member, by: str, at: datetime) -> None:
    BreakGlass.objects.filter(member=member).update(reason=NOTHING)
    PaperCode.objects.filter(member=member).delete()
    forget_found(member_id=member.pk)
    Consent.objects.filter(member=member, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by)
    RightsRequest.objects.filter(member=member).update(value_sealed=b"", note_sealed=b"", reason_sealed=b"")


def _close_account(member: Member) -> None:
    """Take away the member's own account with everything that hangs on it, and his sessions."""
    user = User.objects.filter(member=member).first()
    numbers = {SESSION_KEY: str(user.pk) if user else "", LINK_KEY: str(member.pk)}
    for session in Session.objects.iterator():
        inside = session.get_decoded()
        if any(number and str(inside.get(key, "")) == number for key, number in numbers.items()):
            session.delete()
    if user:
        # Factors, bindings and devices go with the account: their tables ask for it.
        user.delete()


def forget_pages() -> None:
    """Let the database overwrite what it has let go of: old pages hold what was in them."""
    statement = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)"}.get(connection.vendor)
    if statement and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def vacuum() -> None:
    """Let PostgreSQL give up old versions of emptied rows; SQLite has overwritten them already."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    models = (
        Member,
        Journey,
        Handoff,
        Transition,
        Notice,
        RightsRequest,
        BreakGlass,
        User,
        Finding,
        Referral,
    )
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'VACUUM "{model._meta.db_table}"')


def reapply(*, at: datetime, say: Callable[[str], None] = lambda text: None) -> int:
    """Erase again whoever came back with a restored backup; return how many.

    The file outside and the table inside must tell the same: what one has and the other lacks is made up for.
    """
    inside, outside = set(Tombstone.objects.values_list("digest", flat=True)), tombstones.listed()
    back = _who_came_back(outside)
    for member in back:
        erase(member=member, by=CLOCK, at=at)
        say(f"member:{member.pk}")
    tombstones.append(sorted(inside - outside), at)
    if back:
        vacuum()
    return len(back)


def _who_came_back(digests: set[str]) -> list[Member]:
    """Find the members whose erasure is known outside but not true inside."""
    if not digests:
        return []
    there = Member.objects.filter(erased_at=None).values_list("pk", "uid").iterator(chunk_size=BATCH)
    found = [pk for pk, uid in there if digests.intersection(tombstones.digests_of(uid))]
    return list(Member.objects.filter(pk__in=found))


def renew_tombstones(*, at: datetime) -> int:
    """Write the tombstones of everybody erased under the active key too, before an old key is given up."""
    known, added = tombstones.listed(), []
    for uid in Member.objects.exclude(erased_at=None).values_list("uid", flat=True).iterator():
        digest = tombstones.digest_of(uid)
        if digest not in known:
            added.append(digest)
            Tombstone.objects.get_or_create(digest=digest, defaults={"erased_at": at, "erased_by": CLOCK})
    tombstones.append(added, at)
    return len(added)


def clear_tombstones() -> None:
    """Forget who was erased before a demo is loaded anew, whose people come back on purpose."""
    if settings.PRODUCTION:
        raise PermissionError("the tombstones of a production are never taken away")
    Tombstone.objects.all().delete()
    transaction.on_commit(lambda: tombstones.path().unlink(missing_ok=True))
