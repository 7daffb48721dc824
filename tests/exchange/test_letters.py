"""Does a letter reach an answer or the desk above, does its code open nothing else, and is nobody lost meanwhile?"""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.audit.models import Entry
from hongyan.exchange import actions
from hongyan.exchange.actions.letters import Reply
from hongyan.exchange.codes import bare
from hongyan.exchange.models import Answer, Letter, State
from hongyan.exchange.refusals import Why
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.periods import hop_due
from hongyan.journeys.refusals import Why as JourneyWhy
from hongyan.journeys.states import Status, Verb
from hongyan.journeys.terms import in_force
from hongyan.notifications.models import Notice
from hongyan.notifications.texts import sentence
from hongyan.refusals import Refused
from hongyan.reports.laws import broken
from tests.web.signing_in import signed_in
from tests.world import NOW, World, arrival, journey_at

TAKEN = Reply(Answer.ACCEPTED, "天山区和平路社区党支部", "值班员", "0000-1000009")
ELSEWHERE = Reply(Answer.ELSEWHERE, words="他已搬到高新区")


def outside(world: World, code: str = "330109") -> Journey:
    """Let the member arrive where nobody is on the platform: his case lies on his county's desk."""
    journey = journey_at(world, Status.AWAITING)
    return journeys.check_in(journey=journey, arrival=arrival(code, "B"), by=world.actor("chen"), at=NOW)


def written(world: World, journey: Journey, at: datetime = NOW) -> tuple[Letter, str]:
    desk = world.actor("minqin_department")
    return actions.write_letter(journey=journey, receiver=world["xiaoshan"], by=desk, at=at)


def told(journey: Journey, kind: str) -> int:
    return Notice.objects.filter(subject=f"journey:{journey.pk}", kind=kind).count()


def test_a_yes_from_outside_is_a_move_with_the_letter_as_evidence(world: World) -> None:
    journey = outside(world)
    letter, code = written(world, journey)
    assert letter.journey.due_at is not None
    assert letter.journey.due_at > letter.due_at > letter.next_at  # type: ignore[operator]
    done = actions.answer_letter(code=code.lower().replace("-", " "), reply=TAKEN, at=NOW + timedelta(days=3))
    now = Journey.objects.get(pk=journey.pk)
    assert (now.status, now.host_id, now.holder_id) == (Status.HOSTED, world["xiaoshan"].pk, now.home_id)
    assert done.answered_by == now.accepted_by == f"letter:{letter.pk}"
    last = Transition.objects.get(journey=now, number=now.version)
    assert last.verb == Verb.REGISTER_OUTSIDE
    assert letter.number in last.note
    assert "和平路社区" in last.note
    assert Entry.objects.filter(verb="answer_letter", subject=f"journey:{now.pk}").count() == 1
    assert told(now, "accepted") == 3
    assert broken() == []


def test_a_code_opens_once_and_every_wrong_one_is_refused_alike(world: World) -> None:
    letter, code = written(world, outside(world))
    assert bare(code) not in str(list(Letter.objects.values()))
    actions.answer_letter(code=code, reply=TAKEN, at=NOW)
    newer, other = written_again(world)
    late = newer.expires_at + timedelta(seconds=1)
    for wrong, at in ((code, NOW), ("", NOW), ("ACEF-ACEF-ACEF-ACEF", NOW), (other, late)):
        with pytest.raises(Refused) as refused:
            actions.answer_letter(code=wrong, reply=TAKEN, at=at)
        assert refused.value.refusal.why == Why.WRONG_CODE


def written_again(world: World) -> tuple[Letter, str]:
    """Write about another member."""
    journey = Journey.objects.filter(member=world.members["luo"]).first() or journey_at(
        world, Status.AWAITING, "luo"
    )
    there = journeys.check_in(journey=journey, arrival=arrival("650102", "B"), by=world.actor("luo"), at=NOW)
    if there.holder_id != world["minqin"].pk:
        there = journeys.redirect(
            journey=there,
            target=world["minqin"],
            by=world.actor("liaison_secretary"),
            at=NOW,
            note="由县里发函",
        )
    return written(world, there)


def test_printing_again_makes_the_old_paper_worthless(world: World) -> None:
    letter, old = written(world, outside(world))
    new = actions.reprint_letter(letter=letter, by=world.actor("minqin_department"), at=NOW)
    with pytest.raises(Refused):
        actions.answer_letter(code=old, reply=TAKEN, at=NOW)
    actions.answer_letter(code=new, reply=TAKEN, at=NOW)
    with pytest.raises(Refused) as refused:
        actions.reprint_letter(letter=letter, by=world.actor("minqin_department"), at=NOW)
    assert refused.value.refusal.why == Why.NOT_WAITING


def test_silence_climbs_call_second_letter_desk_above(world: World) -> None:
    journey = outside(world)
    letter, code = written(world, journey)
    assert actions.climb_letters_due(at=letter.due_at - timedelta(days=9)) == 0
    # A clock that was down for days does each step once.
    call = letter.next_at
    assert call is not None
    assert [actions.climb_letters_due(at=call) for _ in range(2)] == [1, 0]
    assert told(journey, "letter_call") == 1
    assert journeys.escalate_overdue(at=letter.due_at) == 0
    assert [actions.climb_letters_due(at=letter.due_at) for _ in range(2)] == [1, 0]
    assert told(journey, "letter_again") == 1
    second, code = written(world, journey, at=letter.due_at)
    assert (second.ordinal, second.state(letter.due_at)) == (2, State.WAITING)
    assert Letter.objects.live().get() == second
    actions.climb_letters_due(at=second.due_at)
    actions.climb_letters_due(at=second.due_at)
    assert told(journey, "letter_late") == 1
    due = Journey.objects.get(pk=journey.pk).due_at
    assert due is not None
    assert journeys.escalate_overdue(at=due + timedelta(minutes=1)) == 1
    now = Journey.objects.get(pk=journey.pk)
    assert now.holder_id == world["wuwei"].pk
    assert broken() == []
    # The paper still speaks: a late yes is a yes, also to the desk the case has climbed to.
    actions.answer_letter(code=code, reply=TAKEN, at=second.due_at)
    assert Journey.objects.get(pk=journey.pk).status == Status.HOSTED
    assert broken() == []


def test_a_no_tells_the_desk_and_leaves_the_case_on_it(world: World) -> None:
    journey = outside(world)
    _, code = written(world, journey)
    actions.answer_letter(code=code, reply=ELSEWHERE, at=NOW)
    now = Journey.objects.get(pk=journey.pk)
    assert (now.status, now.holder_id) == (Status.DISPATCHING, world["minqin"].pk)
    assert told(journey, "letter_answered") == 1
    assert broken() == []


def test_not_here_gives_the_desk_its_own_term_again(world: World) -> None:
    journey = outside(world)
    _, code = written(world, journey)
    waits = Journey.objects.get(pk=journey.pk)
    later = NOW + timedelta(days=3)
    actions.answer_letter(code=code, reply=ELSEWHERE, at=later)
    now = Journey.objects.get(pk=journey.pk)
    own = hop_due(later, in_force(later))
    assert (now.due_at, now.version) == (own, waits.version)
    assert waits.due_at is not None
    assert own < waits.due_at
    # Nobody acts: it goes up as every case does that a desk leaves lying.
    assert journeys.escalate_overdue(at=own + timedelta(minutes=1)) == 1
    assert Journey.objects.get(pk=journey.pk).holder_id == world["wuwei"].pk
    assert broken() == []


def test_to_be_checked_still_waits_for_the_letter(world: World) -> None:
    journey = outside(world)
    _, code = written(world, journey)
    waits = Journey.objects.get(pk=journey.pk).due_at
    reply = Reply(Answer.CHECKING, words="正在核实，下周回复")
    actions.answer_letter(code=code, reply=reply, at=NOW + timedelta(days=1))
    assert Journey.objects.get(pk=journey.pk).due_at == waits


def test_not_here_never_gives_more_time(world: World) -> None:
    journey = outside(world)
    letter, code = written(world, journey)
    soon = NOW + timedelta(hours=1)
    Journey.objects.filter(pk=journey.pk).update(due_at=soon)
    actions.answer_letter(code=code, reply=ELSEWHERE, at=NOW)
    assert Journey.objects.get(pk=journey.pk).due_at == soon


def test_an_answer_after_the_case_went_on_is_kept_and_moves_nothing(world: World) -> None:
    journey = outside(world)
    letter, code = written(world, journey)
    desk = world.actor("minqin_department")
    moved = journeys.register_outside(
        journey=journey, host=world["xiaoshan"], by=desk, at=NOW, note="电话确认"
    )
    assert letter.state(NOW) == State.WAITING
    kept = actions.answer_letter(code=code, reply=TAKEN, at=NOW + timedelta(days=1))
    assert kept.answer == Answer.ACCEPTED
    assert Journey.objects.get(pk=journey.pk).version == moved.version
    assert broken() == []


def test_a_letter_whose_case_went_on_is_put_aside(world: World) -> None:
    journey = outside(world)
    letter, _ = written(world, journey)
    journeys.end(
        journey=journey,
        by=world.actor("village_secretary"),
        at=NOW,
        reason="removed",  # type: ignore[arg-type]
        note="组织决定",
    )
    assert actions.climb_letters_due(at=letter.due_at) == 1
    letter.refresh_from_db()
    assert letter.withdrawn_by == "system:clock"
    assert told(journey, "letter_call") == 0


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(Answer.ACCEPTED, "", "值班员", "0000-1000009"), Why.BRANCH_MISSING),
        (Reply(Answer.ACCEPTED, "社区党支部", "值班员", ""), Why.CONTACT_MISSING),
        (Reply(Answer.ELSEWHERE), Why.WORDS_MISSING),
        (Reply(Answer.CHECKING), Why.WORDS_MISSING),
    ],
)
def test_an_answer_that_lacks_something_uses_nothing_up(world: World, reply: Reply, why: Why) -> None:
    _, code = written(world, outside(world))
    with pytest.raises(Refused) as refused:
        actions.answer_letter(code=code, reply=reply, at=NOW)
    assert refused.value.refusal.why == why
    actions.answer_letter(code=code, reply=TAKEN, at=NOW)


def test_letters_go_outside_only_and_not_for_ever(world: World) -> None:
    journey, desk = outside(world), world.actor("minqin_department")
    with pytest.raises(Refused) as refused:
        actions.write_letter(journey=journey, receiver=world["anning"], by=desk, at=NOW)
    assert refused.value.refusal.why == JourneyWhy.NOT_OUTSIDE
    for _ in range(3):
        written(world, journey)
    with pytest.raises(Refused) as refused:
        written(world, journey)
    assert refused.value.refusal.why == JourneyWhy.LETTERS_SENT
    assert Letter.objects.live().count() == 1
    assert broken() == []


def test_the_same_form_twice_writes_one_letter(world: World) -> None:
    journey, desk = outside(world), world.actor("minqin_department")
    actions.write_letter(journey=journey, receiver=world["xiaoshan"], by=desk, at=NOW, key="a" * 32)
    with pytest.raises(Refused) as refused:
        actions.write_letter(journey=journey, receiver=world["xiaoshan"], by=desk, at=NOW, key="a" * 32)
    assert refused.value.refusal.why == Why.ALREADY_WRITTEN
    assert Letter.objects.count() == 1


def test_the_database_holds_one_live_letter_for_a_case(world: World) -> None:
    letter, _ = written(world, outside(world))
    letter.pk, letter.move, letter.code_digest = None, letter.move + 1, "0" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        letter.save(force_insert=True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "yes", "no", "wait", "climb", "reprint", "phone"]), st.integers(0, 20)
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_to_letters_no_law_breaks(world: World, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        journey, codes, at = outside(world), ["ACEF-ACEF-ACEF-ACEF"], NOW
        for step, days in steps:
            at += timedelta(days=days)
            with suppress(Refused):
                _take(world, journey, step, codes, at)
            assert broken() == []
        transaction.set_rollback(True)


def _take(world: World, journey: Journey, step: str, codes: list[str], at: datetime) -> None:
    desk = world.actor("minqin_department")
    if step == "write":
        codes.append(written(world, journey, at)[1])
    elif step in ("yes", "no"):
        actions.answer_letter(code=codes[-1], reply=TAKEN if step == "yes" else ELSEWHERE, at=at)
    elif step == "climb":
        actions.climb_letters_due(at=at)
        journeys.escalate_overdue(at=at)
    elif step == "reprint" and Letter.objects.exists():
        codes.append(actions.reprint_letter(letter=Letter.objects.latest("pk"), by=desk, at=at))
    elif step == "phone":
        journeys.register_outside(journey=journey, host=world["xiaoshan"], by=desk, at=at, note="电话确认")


@time_machine.travel(NOW, tick=False)
def test_a_yes_asks_the_sender_to_call_and_leads_to_the_letter(world: World) -> None:
    journey = outside(world)
    letter, code = written(world, journey)
    actions.answer_letter(code=code, reply=TAKEN, at=NOW)
    notice = Notice.objects.get(kind="letter_accepted")
    assert notice.recipient == f"organization:{letter.sender_id}"
    assert "打电话核对" in sentence(notice.kind, notice.facts)
    sender = signed_in(world.users["minqin_department"])
    (line,) = [one for one in sender.get("/desk/").context["news"] if one.page]
    assert line.page == f"/letters/{letter.pk}/"
    assert sender.get(line.page).status_code == 200
