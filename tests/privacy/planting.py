"""What does an old row and a young row of each rule look like, and how does one tell that a row was met?

One planter a rule: it makes a row whose period ran out, and one whose period has not, and returns how to ask of
either whether anything is left of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from hongyan.audit.actions import record, seal_due
from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey, Return, Transition
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.actions import appoint, issue_token, own_account, register_user, spend
from hongyan.members.models import ApiToken, Appointment, Attempts, BreakGlass, Member, PaperCode, User
from hongyan.members.roles import Role
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Notice, Sending
from hongyan.privacy.actions import ask_correction, consent, decide, withdraw
from hongyan.privacy.models import Consent, RightsRequest
from hongyan.privacy.policy import consent_texts
from hongyan.schedule.actions import finish, plan_due, take_due
from hongyan.schedule.models import Run, State
from tests.exchange.planting import EXCHANGE_PLANTERS
from tests.finding.planting import FOUND_PLANTERS
from tests.roster.planting import ROSTER_PLANTERS
from tests.world import SETUP, World, add_member, arrival, journey_at

# Whether anything that should go is still there: of the row whose period is over, of the other one.
Left = tuple[Callable[[], bool], Callable[[], bool]]
MARK = "柳树巷七号"


def settle(world: World, at: datetime) -> None:
    """Let everybody of the cast have held his duty at that time already."""
    Appointment.objects.filter(from_on__gt=at.date()).update(from_on=at.date())


def _ended(world: World, at: datetime, reason: CloseReason = CloseReason.RETURNED) -> Journey:
    """Walk a journey to its end, with words at every step."""
    settle(world, at)
    who = f"gone{Member.objects.count()}"
    add_member(world, who, "温若水", "village")
    home, me = world.actor("village_secretary"), world.actor(who)
    journey = actions.mark(
        member=world.members[who],
        by=home,
        at=at,
        departs_on=at.date(),
        destination="620102",
        talk_on=at.date(),
        talk_by=MARK,
        employer=MARK,
    )
    place = arrival(text=MARK, employer=MARK)
    journey = actions.check_in(journey=journey, arrival=place, by=me, at=at)
    journey = actions.accept(
        journey=journey, by=world.actor("community_secretary"), at=at, caretaker=world.users["caretaker"]
    )
    Journey.objects.filter(pk=journey.pk).update(party_group=MARK)
    journey.refresh_from_db()
    if reason == CloseReason.RETURNED:
        journey = actions.start_return(journey=journey, by=home, at=at, note=MARK)
        journey = actions.hold_return_talk(journey=journey, by=home, at=at, talk_by=MARK, note=MARK)
        journey = actions.write_closing(
            journey=journey, by=world.actor("community_secretary"), at=at, note=MARK
        )
    return actions.end(journey=journey, by=home, at=at, reason=reason, note=MARK)


def written(journey: Journey) -> bool:
    """Tell whether any word of a journey is left."""
    one = Journey.objects.get(pk=journey.pk)
    hops = [(hop.note, hop.explanation) for hop in Handoff.objects.filter(journey=one)]
    moves = [move.note for move in Transition.objects.filter(journey=one)]
    words = (one.destination_text, one.employer, one.talk_by, one.party_group, *moves)
    back = Return.objects.filter(journey=one).values_list("talk_by", "talk_note", "closing_note")
    words += tuple(word for row in back for word in row)
    return any(words) or any(note or explanation for note, explanation in hops)


def _closed_words(world: World, old: datetime, young: datetime) -> Left:
    first, second = _ended(world, old), _ended(world, young)
    assert written(first)
    assert written(second)
    return lambda: written(first), lambda: written(second)


def _notice(at: datetime, **options: Any) -> int:
    facts = {"home": "某村党支部", "link": "/r/5-1:abc:def/"}
    number = notify(
        kind="check_in_reminder", recipient="member:1", channel="sms", subject="journey:999999", facts=facts,
        at=at, address="10000000001", **options,
    )  # fmt: skip
    assert number
    return number


def _expired_links(world: World, old: datetime, young: datetime) -> Left:
    rows = [_notice(old), _notice(young)]
    return tuple(lambda pk=pk: bool(Notice.objects.get(pk=pk).facts["link"]) for pk in rows)  # type: ignore[return-value]


def _unsent_address(world: World, old: datetime, young: datetime) -> Left:
    rows = [_notice(old), _notice(young)]
    Notice.objects.filter(pk__in=rows).update(state="failed")
    return tuple(lambda pk=pk: bool(bytes(Notice.objects.get(pk=pk).address_sealed)) for pk in rows)  # type: ignore[return-value]


def _there(model: Any, *rows: int) -> Left:
    return tuple(lambda pk=pk: model.objects.filter(pk=pk).exists() for pk in rows)  # type: ignore[return-value]


def _old_notices(world: World, old: datetime, young: datetime) -> Left:
    rows = [_notice(old), _notice(young)]
    for pk, at in zip(rows, (old, young), strict=True):
        Notice.objects.filter(pk=pk).update(state="sent", sent_at=at, address_sealed=b"")
    return _there(Notice, *rows)


def _sign_in_codes(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for at, state in ((old, "sent"), (young, "sent"), (old, "failed"), (young, "failed")):
        number = notify(
            kind="sign_in_code", recipient="member:1", channel="sms", subject="sign_in_code",
            facts={"code": "482913"}, at=at, address="10000000001",
        )  # fmt: skip
        assert number
        done = {"sent_at": at, "address_sealed": b""} if state == "sent" else {}
        Notice.objects.filter(pk=number).update(state=state, **done)
        rows.append(number)

    def there(*numbers: int) -> bool:
        kept = Notice.objects.filter(pk__in=numbers)
        return any(bool(one.facts) or bool(bytes(one.address_sealed)) for one in kept)

    return lambda: there(rows[0], rows[2]), lambda: there(rows[1], rows[3])


def _sendings(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for number, at in enumerate((old, young)):
        made = notify(
            kind="sign_in_code", recipient=f"member:{number}", channel="sms", subject="sign_in_code",
            facts={"code": "482913"}, at=young, address="10000000001",
        )  # fmt: skip
        assert made
        rows.append(Sending.objects.create(notice_id=made, channel="sms", digest="d" * 64, at=at).pk)
    return _there(Sending, *rows)


def _paper_codes(world: World, old: datetime, young: datetime) -> Left:
    made = [
        PaperCode.objects.create(
            member=world.members[who], digest=who, expires_at=at, created_at=at, created_by=SETUP
        )
        for who, at in (("chen", old), ("luo", young))
    ]
    return _there(PaperCode, *(row.pk for row in made))


def _attempts(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for at in (old, young):
        spend("code_guessed", about=f"10000000001 {at}", at=at - timedelta(minutes=15))
        rows.append(Attempts.objects.latest("pk").pk)
    return _there(Attempts, *rows)


def _old_tokens(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for at in (old, young):
        issue_token(user=world.users["village_secretary"], name="x", days=0, by=SETUP, at=at)
        rows.append(ApiToken.objects.latest("pk").pk)
    return _there(ApiToken, *rows)


def _emergencies(world: World, old: datetime, young: datetime) -> Left:
    made = [
        BreakGlass.objects.create(
            user=world.users["minqin_department"],
            organization=world["minqin"],
            member=world.members["chen"],
            reason=MARK,
            opened_at=at - timedelta(hours=2),
            expires_at=at,
        )
        for at in (old, young)
    ]
    return tuple(lambda pk=row.pk: BreakGlass.objects.get(pk=pk).reason == MARK for row in made)  # type: ignore[return-value]


def _former_officials(world: World, old: datetime, young: datetime) -> Left:
    users = []
    for number, at in enumerate((old, young)):
        user = register_user(username=f"former{number}", name="庄周", by=SETUP, at=old, phone="0000-1234567")
        appoint(
            user=user, role=Role.WINDOW, organization=world["village"], by=SETUP, at=old,
            from_on=(old - timedelta(days=9)).date(), until_on=at.date(),
        )  # fmt: skip
        users.append(user)
    return tuple(lambda pk=user.pk: bool(User.objects.get(pk=pk).phone) for user in users)  # type: ignore[return-value]


def _withdrawn_consents(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for who, at in (("chen", old), ("luo", young)):
        member = world.members[who]
        version = consent_texts()["position"].version
        consent(member=member, purpose="position", version=version, by=f"member:{member.pk}", at=at)
        withdraw(member=member, purpose="position", by=f"member:{member.pk}", at=at)
        rows.append(Consent.objects.latest("pk").pk)
    return _there(Consent, *rows)


def _answered_requests(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for who, at in (("chen", old), ("luo", young)):
        request = ask_correction(
            member=world.members[who], field="occupation", value=MARK, note=MARK, by=world.actor(who), at=at
        )
        decide(request=request, agrees=True, reason=MARK, by=world.actor("village_secretary"), at=at)
        rows.append(request.pk)

    def full(pk: int) -> bool:
        one = RightsRequest.objects.get(pk=pk)
        return any(bytes(sealed) for sealed in (one.value_sealed, one.note_sealed, one.reason_sealed))

    return tuple(lambda pk=pk: full(pk) for pk in rows)  # type: ignore[return-value]


def _left_membership(world: World, old: datetime, young: datetime) -> Left:
    people = [_ended(world, at, CloseReason.TRANSFERRED).member_id for at in (old, young)]
    return tuple(lambda pk=pk: Member.objects.get(pk=pk).erased_at is None for pk in people)  # type: ignore[return-value]


def _sessions(world: World, old: datetime, young: datetime) -> Left:
    devices = apps.get_model("usersessions", "UserSession")
    user = own_account(member=world.members["chen"], at=young)
    for key, at in (("old", old), ("young", young)):
        Session.objects.create(session_key=key, session_data="x", expire_date=at)
        devices.objects.create(user=user, session_key=key, ip="192.0.2.1", user_agent="x")
        devices.objects.filter(session_key=key).update(last_seen_at=at)

    def there(key: str) -> bool:
        found = Session.objects.filter(pk=key).exists(), devices.objects.filter(session_key=key).exists()
        assert found[0] == found[1]
        return found[0]

    return lambda: there("old"), lambda: there("young")


def _cached(world: World, old: datetime, young: datetime) -> Left:
    for key, at in (("old", old), ("young", young)):
        cache.set(key, "x", timeout=None)
        until = connection.ops.adapt_datetimefield_value(at.replace(microsecond=0))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE hongyan_cache SET expires = %s WHERE cache_key LIKE %s", [until, f"%:{key}"]
            )

    def there(key: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM hongyan_cache WHERE cache_key LIKE %s", [f"%:{key}"])
            return bool(cursor.fetchone()[0])

    return lambda: there("old"), lambda: there("young")


def _old_runs(world: World, old: datetime, young: datetime) -> Left:
    rows = []
    for at in (old, young):
        plan_due(at=at)
        run = take_due(at=at, limit=1, scheduled=True)[0]
        finish(run=run, count=0, at=at)
        Run.objects.exclude(state=State.DONE).delete()
        rows.append(run.pk)
    # The last run of a job stays: both are of the same one.
    Run.objects.update(job="seal")
    return _there(Run, *rows)


def _audit_trail(world: World, old: datetime, young: datetime) -> Left:
    # What building the cast has written is sealed apart, so that each batch is of one time.
    seal_due(at=young)
    rows = []
    for at in (old, young):
        record(actor=SETUP, verb="planted", subject="member:1", at=at)
        seal_due(at=young)
        rows.append(Entry.objects.latest("pk").pk)
    return _there(Entry, *rows)


PLANTERS: dict[str, Callable[[World, datetime, datetime], Left]] = {
    "closed_words": _closed_words,
    "expired_links": _expired_links,
    "unsent_address": _unsent_address,
    "old_notices": _old_notices,
    "sign_in_codes": _sign_in_codes,
    "sendings": _sendings,
    "paper_codes": _paper_codes,
    "attempts": _attempts,
    "old_tokens": _old_tokens,
    "emergencies": _emergencies,
    "former_officials": _former_officials,
    "withdrawn_consents": _withdrawn_consents,
    "answered_requests": _answered_requests,
    "left_membership": _left_membership,
    "sessions": _sessions,
    "cached": _cached,
    "old_runs": _old_runs,
    "audit_trail": _audit_trail,
    **EXCHANGE_PLANTERS,
    **FOUND_PLANTERS,
    **ROSTER_PLANTERS,
}
__all__ = ["MARK", "PLANTERS", "Status", "journey_at", "settle", "written"]
