"""What is the next thing to do with a case, said as one button with its reason?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import periods
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.rules import standing
from hongyan.journeys.states import ON_THE_WAY, Purpose, Status, Verb
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.web.cards import may_know
from hongyan.web.reminding.beside import beside_due
from hongyan.web.reminding.reviews import Review, review_for
from hongyan.web.reminding.searches import is_looked_for, search_due
from hongyan.web.routing_card import as_read

# Below this chance nobody is nudged to send a case on with one click.
LIKELY = 0.5


@dataclass(frozen=True)
class Step:
    """One button: a form sent at once when it has fields, else a link to the move's page."""

    verb: Verb
    label: str
    at_once: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    # Where the step is taken, when that is not the page of one move.
    page: str = ""

    @property
    def url_name(self) -> str:
        """Name the URL of the step."""
        return self.page or str(self.verb)


@dataclass(frozen=True)
class Suggestion:
    """The step to take, and why."""

    step: Step | None
    why: str
    # The same step with the other outcome.
    other: Step | None = None


def percent(chance: float) -> str:
    """Say how sure a suggestion is."""
    return f"把握 {min(99, round(chance * 100))}%"


def _day(journey: Journey, own_due: datetime | None) -> str:
    """Say when he was last spoken with; when the reader's own clock did not start then, by the other side."""
    moment = journey.contacted_at
    if moment is None:
        return "报到后还没有联系过"
    local = moment.astimezone(SHANGHAI)
    if own_due and own_due < periods.contact_due(moment, in_force(moment)):
        return f"对方{local.month}月{local.day}日联系过，本组织此后还没有"
    return f"上次联系是 {local.month}月{local.day}日"


@dataclass(frozen=True)
class Known:
    """What was read for a page at once: open organisations by id, and who backed out of which case."""

    organizations: Mapping[int, Organization]
    left: frozenset[tuple[int, int]]
    # Why to call somebody who has not been heard of, by his journey.
    calls: Mapping[int, str] = field(default_factory=dict)


def _best_below(
    journey: Journey, live: Handoff, known: Known
) -> tuple[Organization, Mapping[str, Any]] | None:
    """Find the best suggestion below the holder's desk that a case can go to."""
    for item in live.explanation.get("suggestions", []):
        target = known.organizations.get(item["organization"])
        if target is None or not target.has_desk or target.pk == journey.holder_id:
            continue
        below = paths.covers(journey.holder_path, target.path)
        if below and (journey.pk, target.pk) not in known.left:
            return target, item
    return None


def _sender(live: Handoff) -> str:
    return live.sender.short_name if live.sender else "上一级"


def _is_mine(journey: Journey, actor: Actor) -> bool:
    """Tell whether a case lies with one of somebody's own organisations."""
    return any(seat.organization_id == journey.holder_id for seat in actor.seats)


def _here(journey: Journey, actor: Actor) -> str:
    """Name the organisation a case lies with, as its own people say it and as others do."""
    return "本组织" if _is_mine(journey, actor) else journey.holder.short_name


def _reason(live: Handoff, organization_id: int, here: str) -> str:
    """Say why the case lies with this organisation: its own rank, a certain place, or who sent it here."""
    for item in live.explanation.get("suggestions", []):
        if item["organization"] == organization_id:
            lead = "建议" if item["probability"] >= LIKELY else "可能"
            return f"{lead}由{here}接收：{item['reason']}。{percent(item['probability'])}"
    if live.explanation.get("straight") and live.explanation.get("reason"):
        return f"建议由{here}接收：{live.explanation['reason']}"
    return f"{_sender(live)}转来" + (f"：{live.note}" if live.note else "，请核对后接收")


def _pass_on(target: Organization, item: Mapping[str, Any]) -> Suggestion:
    """Offer the best organisation below: in one click when it is likelier than not, else as a choice."""
    if item["probability"] < LIKELY:
        because = f"{item['reason']}，{percent(item['probability'])}"
        why = f"说不准是哪个支部，可能性最大的是{target.short_name}（{because}）"
        return Suggestion(Step(Verb.FORWARD, "选定下级"), why)
    why = f"建议{target.short_name}：{item['reason']}。{percent(item['probability'])}"
    fields = {"target": str(target.pk)}
    return Suggestion(Step(Verb.FORWARD, f"转{target.short_name}", at_once=True, fields=fields), why)


def _beyond(journey: Journey, live: Handoff) -> Suggestion:
    """Offer a letter; while one is on its way (the case waits longer than its hop) its answer."""
    if journey.due_at and journey.due_at > live.due_at:
        return Suggestion(
            Step(Verb.REGISTER_OUTSIDE, "登记外地接收"), "联系函已发出，等对方回函；电话问清的，请登记"
        )
    return Suggestion(Step(Verb.SEND_LETTER, "发联系函"), str(live.explanation["reason"]))


def _may_host(journey: Journey, live: Handoff) -> bool:
    away_from_home = journey.holder_id != journey.home_id
    return journey.holder.can_host and away_from_home and live.purpose != Purpose.DECISION


def _on_the_way(journey: Journey, live: Handoff, actor: Actor, known: Known) -> Suggestion:
    if live.purpose == Purpose.CHECKING:
        return Suggestion(Step(Verb.CONTACT, "联系本人"), f"{_sender(live)}退回核实：{live.note}")
    lead = f"{_sender(live)}提请裁定：{live.note}" if live.purpose == Purpose.DECISION and live.note else ""
    if live.purpose == Purpose.BINDING:
        lead = f"上级裁定由{_here(journey, actor)}接收：{live.note}"
    best = _best_below(journey, live, known)
    if _may_host(journey, live):
        why = lead or _reason(live, journey.holder_id, _here(journey, actor))
        found = Suggestion(Step(Verb.ACCEPT, "接收", at_once=True), why)
    elif best:
        found = _pass_on(*best)
    elif _only_outside(journey, live):
        found = _beyond(journey, live)
    else:
        reason = str(live.explanation.get("reason", "")) or "还没有合适的建议，请选定一个下级组织"
        found = Suggestion(Step(Verb.FORWARD, "选定下级"), reason)
    whole = (
        lead if not found.why or lead == found.why else "；".join(part for part in (lead, found.why) if part)
    )
    return Suggestion(found.step, whole)


def _only_outside(journey: Journey, live: Handoff) -> bool:
    """Tell whether a home desk holds a case because nobody at the destination is on the platform."""
    suggestions = live.explanation.get("suggestions", [])
    at_home = paths.covers(journey.holder_path, journey.home_path)
    return (
        at_home and bool(live.explanation.get("reason")) and not any(item["has_desk"] for item in suggestions)
    )


def _call(why: str) -> Suggestion:
    """Ask for a call, whose outcome is registered with one click."""
    reached, unreached = (
        Step(Verb.CONTACT, label, at_once=True, fields={"reached": answer, "means": "phone"})
        for label, answer in (("电话打通了", "yes"), ("没打通", "no"))
    )
    return Suggestion(reached, why, unreached)


def _at_home(journey: Journey, live: Handoff | None, known: Known) -> Suggestion:
    status = Status(journey.status)
    if live and live.purpose == Purpose.ARRIVAL:
        finder = live.sender.short_name if live.sender else "当地"
        how = f"（{live.note}）" if live.note else ""
        why = f"{finder}在当地遇到本人并登记{how}，请确认是不是您的党员"
        return Suggestion(Step(Verb.CONFIRM, "是本人，确认", at_once=True), why)
    if status == Status.PLANNED:
        day = f"{journey.departs_on.month}月{journey.departs_on.day}日"
        if journey.talk_on:
            return Suggestion(Step(Verb.DEPART, "登记出发"), f"计划{day}出发，行前谈话已登记")
        return Suggestion(Step(Verb.DEPART, "登记谈话和出发"), f"计划{day}出发，还没有登记行前谈话")
    if journey.pk in known.calls:
        return _call(known.calls[journey.pk])
    if status == Status.AWAITING:
        first = journey.remind_from
        if first and first > timezone.now() and not journey.member.is_exempt:
            local = first.astimezone(SHANGHAI)
            return Suggestion(None, f"已出发，{local.month}月{local.day}日起提醒本人报到，暂不用办")
        return Suggestion(Step(Verb.CONTACT, "电话联系"), "已提醒，仍未报到，请电话联系本人")
    return Suggestion(Step(Verb.END, "办理返回", page="homecoming"), _still_to_do(journey))


def _still_to_do(journey: Journey) -> str:
    """Say what a return still lacks before it can end: nothing that is done is asked for again."""
    done, checked_at, now = (
        getattr(journey, "homecoming", None),
        journey.member.credential_checked_at,
        timezone.now(),
    )
    valid = timedelta(days=in_force(now).credential_check_days)
    missing = [] if done and done.talked_at else ["谈话"]
    if done and done.host_id:
        missing.append("看接收组织的意见" if done.closing_at else "等接收组织的意见")
    if checked_at is None or now - checked_at >= valid:
        missing.append("查验活动证")
    return f"返回中：{'、'.join(missing)}，然后办结" if missing else "返回中，谈话和查验都已登记，可以办结"


def _coming_home(journey: Journey, actor: Actor) -> Suggestion | None:
    """Ask the host for its closing note; home has its own things to do."""
    done = getattr(journey, "homecoming", None)
    owed = done is not None and done.is_closing_owed
    if owed and standing(Verb.WRITE_CLOSING, journey, actor) and not standing(Verb.END, journey, actor):
        return Suggestion(
            Step(Verb.WRITE_CLOSING, "写结束管理意见"), "返回中，请写明他在这里的表现，供流出地办结时参考"
        )
    return None


def _review(review: Review, kind: str) -> Suggestion:
    """Ask home whether the reason still holds: one tap lets it go on, one ends it."""
    day, until = review.review_on, review.until
    go_on, end = (
        Step(Verb.CONTACT, label, at_once=True, fields=fields, page="exempt")
        for label, fields in (
            (f"继续，到{until.year}年{until.month}月{until.day}日", review.continuing),
            ("结束", review.ending),
        )
    )
    agreed = f"约定{day.year}年{day.month}月{day.day}日前复核"
    why = f"不作硬性要求（{kind}）{agreed}：原因还在就继续，不在了就结束"
    return Suggestion(go_on, why, end)


def _searching(journey: Journey, live: Handoff | None) -> Suggestion:
    """Say what to do for somebody out of contact: after the branch has decided nobody need search further."""
    if search_due(journey, live) is None:
        return Suggestion(Step(Verb.CONTACT, "登记联系"), "支部已对失联作出决定；本人有了消息，请登记联系")
    return Suggestion(Step(Verb.LOG_SEARCH, "登记查找"), "已列为失联关注，请查找本人，每查一次登记一次")


def suggest(journey: Journey, live: Handoff | None, actor: Actor, known: Known) -> Suggestion:
    """Say what to do next with a case; no step when it is not this person's to take."""
    review = review_for(actor, journey)
    if review:
        return _review(review, journey.member.get_exempt_kind_display() or "年老体弱等")
    live = as_read(live, full=may_know(actor, journey)) if live else None
    if is_looked_for(journey, live):
        found = _searching(journey, live)
    elif beside := beside_due(actor, journey):
        said = f"两地共管，{_day(journey, beside)}，请联系本人并登记"
        found = Suggestion(Step(Verb.CONTACT, "登记联系"), said)
    elif journey.status in ON_THE_WAY and live:
        found = _on_the_way(journey, live, actor, known)
    elif journey.status == Status.HOSTED:
        own_due = journey.due_at if _is_mine(journey, actor) else None
        said = f"{_day(journey, own_due)}，请联系本人并登记"
        found = Suggestion(Step(Verb.CONTACT, "登记联系"), said)
    else:
        found = _coming_home(journey, actor) or _at_home(journey, live, known)
    if found.step and standing(found.step.verb, journey, actor) is None:
        return Suggestion(None, found.why)
    return found
