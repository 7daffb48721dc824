"""Why is somebody to be called today: no message reached him, or none had an answer?"""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from hongyan.journeys.calls import waiting
from hongyan.journeys.ladder_models import Outcome, Reminder
from hongyan.journeys.models import Journey
from hongyan.journeys.telling import REMINDER
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.texts import said_day, why_failed
from hongyan.web.reminding.channels import closed_words


def calls_of(journeys: Sequence[Journey]) -> Mapping[int, str]:
    """Say for each of these journeys whose home is to call why, in two queries at most."""
    anchors = {journey.pk: journey.remind_from for journey in journeys if journey.remind_from}
    if not anchors:
        return {}
    calls = Reminder.objects.filter(waiting(timezone.now()), journey__in=anchors)
    found = {call.journey_id: call for call in calls if call.anchor == anchors[call.journey_id]}
    failures = _failures(list(found)) if found else {}
    closed = {journey.pk: closed_words(journey.member) for journey in journeys if journey.pk in found}
    return {pk: _why(call, failures.get(pk, ""), closed[pk]) for pk, call in found.items()}


def _failures(numbers: Sequence[int]) -> dict[int, str]:
    failed = Notice.objects.filter(
        subject__in=[f"journey:{pk}" for pk in numbers],
        kind=REMINDER,
        state=State.FAILED,
    ).exclude(channel=Channel.APP)
    rows = failed.order_by("pk").values_list("subject", "last_error")
    return {int(subject.partition(":")[2]): why_failed(code) for subject, code in rows}


def _why(call: Reminder, failure: str, closed: str) -> str:
    if call.outcome == Outcome.UNREACHED and call.called_at:
        lead = f"{said_day(timezone.localtime(call.called_at))}没有联系上，请再打一次"
    else:
        lead = "请打电话联系本人"
    if closed:
        return f"{closed}，{lead}"
    return f"短信未送达：{failure}，{lead}" if failure else f"提醒以后仍未报到，{lead}"
