"""What has arrived on the phone of a member of the demo's story?"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.demo.cast import MEMBERS, members
from hongyan.finding.models import Referral
from hongyan.members.models import Member
from hongyan.members.sealing import phone_hashes, phone_of
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.rows import facts_of
from hongyan.notifications.texts import sentence, sign
from hongyan.web.cards import surname_only
from hongyan.web.guards import anyone

SHOWN = 20
GONE = (State.WITHDRAWN, State.FAILED)
ON_ITS_WAY = "正在发送"
# Whoever tries the demo at night need not wait for the morning.
LATER = "到时才发，演示里可以先看"


@dataclass(frozen=True)
class Message:
    """One short message as the phone shows it: the words before and after its link."""

    before: str
    link: str
    after: str
    at: datetime
    # Why it is here although it has not been sent; empty once it has.
    waits: str


def _message(notice: Notice, now: datetime) -> Message:
    facts = facts_of(notice)
    link = str(facts.get("link", ""))
    # The link's own text is left out of the sentence and put back as something to tap.
    before, _, after = (sign() + sentence(notice.kind, {**facts, "link": "\0"})).partition("\0")
    # A message is dated by when it was due: the demo's past is delivered on its first start.
    waits = "" if notice.state == State.SENT else ON_ITS_WAY if notice.not_before <= now else LATER
    return Message(before, link, after, notice.not_before, waits)


@anyone("GET")
def demo_phone(request: HttpRequest) -> HttpResponse:
    """Show the messages of one member of the story, newest first; only in a demo."""
    if not settings.DEMO:
        raise Http404
    cast = members()
    who = request.GET.get("who", "")
    chosen = who if who in cast else next(iter(cast), "")
    people = [
        {"who": key, "name": f"{surname_only(one.name)[:-1]}同志", "title": MEMBERS[key].title}
        for key, one in cast.items()
    ]
    context = {"people": people, "chosen": chosen, "arrived": _arrived(cast.get(chosen))}
    return render(request, "mobile/phone/phone.html", context)


def _arrived(owner: Member | None) -> list[Message]:
    """Read what has been sent to this phone, is on its way, or waits for its hour."""
    if owner is None:
        return []
    # What waits for a word of his own is written to the number, whoever its owner is.
    asked = Referral.objects.filter(phone_hash__in=phone_hashes(phone_of(owner))).values_list("pk", flat=True)
    recipients = [f"member:{owner.pk}", *(f"referral:{pk}" for pk in asked)]
    rows = Notice.objects.filter(recipient__in=recipients, channel=Channel.SMS)
    shown = rows.exclude(state__in=GONE).exclude(facts={}).order_by("-id")[:SHOWN]
    return [_message(notice, timezone.now()) for notice in shown]
