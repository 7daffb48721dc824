"""Two provinces that know nothing of each other but what they exchange; run as a program inside one of them.

One process for each province, beside its server and on the same database: it does what a test asks for, line by
line, because starting a program for every move costs more than the move.
"""

import io
import json
import sys
import traceback
from datetime import timedelta
from typing import Any

import django

HOME, HOST = "gansu", "zhejiang"
COMMUNITY = "330109001001"
# By key: name, kind, tier, parent, division, whether it has a desk.
ZHEJIANG = {
    "nation": ("全国党组织", "committee", "nation", None, None, False),
    "gansu": ("甘肃省党组织", "committee", "province", "nation", "62", False),
    "zhejiang": ("浙江省委组织部", "committee", "province", "nation", "33", True),
    "hangzhou": ("杭州市委组织部", "committee", "prefecture", "zhejiang", "3301", True),
    "xiaoshan": ("萧山区委组织部", "committee", "county", "hangzhou", "330109", True),
    "street": ("萧山区某街道党工委", "work_committee", "town", "xiaoshan", "330109001", True),
    "community": ("某社区党委", "committee", "grassroots", "street", COMMUNITY, True),
    "neighbours": ("邻社区党委", "committee", "grassroots", "street", "330109001002", True),
}


def _found_host() -> None:
    from django.utils import timezone

    from hongyan.members.actions import appoint, register_user
    from hongyan.members.roles import Role
    from hongyan.organizations.actions import found
    from hongyan.organizations.kinds import Kind, Tier
    from tests.world import SETUP, load_divisions

    now = timezone.now()
    load_divisions([row[4] for row in ZHEJIANG.values() if row[4]])
    made: dict[str, Any] = {}
    for key, (name, kind, tier, parent, division, has_desk) in ZHEJIANG.items():
        made[key] = found(
            code=key, name=name, kind=Kind(kind), tier=Tier(tier), parent=made.get(parent or ""), division_id=division,
            has_desk=has_desk, contact_name="值班员", contact_phone="0000-3000000", by=SETUP, at=now,
        )  # fmt: skip
    for key, organization in made.items():
        if organization.has_desk:
            user = register_user(username=key, name="办事员", by=SETUP, at=now)
            role = Role.SECRETARY if organization.can_host else Role.DEPARTMENT
            appoint(
                user=user, role=role, organization=organization, from_on=now.date() - timedelta(days=30),
                by=SETUP, at=now,
            )  # fmt: skip


def _actor(username: str) -> Any:
    from django.utils import timezone

    from hongyan.members.models import User
    from hongyan.members.permissions import official

    return official(User.objects.get(username=username), timezone.localdate())


def found(which: str) -> object:
    """Fill an empty installation."""
    if which == "host":
        _found_host()
    else:
        from tests.world import build_world

        build_world()
    return {}


def hand_over(name: str, again: str = "") -> object:
    """At home: mark somebody, check him in where the neighbour is, hand his case over; or only the last."""
    from django.utils import timezone

    from hongyan.exchange import actions as exchange
    from hongyan.exchange.models import Peer
    from hongyan.journeys import actions
    from hongyan.members.models import Member
    from hongyan.members.permissions import himself
    from tests.world import arrival

    now, member = timezone.now(), Member.objects.get(name=name)
    by, peer = _actor("minqin_department"), Peer.objects.get(code=HOST)
    if again:
        return {"journey": exchange.send_across(journey=member.journeys.get(), peer=peer, by=by, at=now).pk}
    journey = actions.mark(
        member=member,
        by=_actor("village_secretary"),
        at=now,
        departs_on=timezone.localdate(),
        destination="33",
    )
    journey = actions.check_in(journey=journey, arrival=arrival("330109", "B"), by=himself(member), at=now)
    journey = exchange.send_across(journey=journey, peer=peer, by=by, at=now)
    return {"journey": journey.pk}


def move(verb: str, username: str, **more: str) -> object:
    """Make one move of the only open journey, of whoever is asked for."""
    from django.utils import timezone

    from hongyan.journeys import actions
    from hongyan.journeys.models import Journey
    from hongyan.organizations.models import Organization

    name = more.pop("member")
    journey = Journey.objects.open().get(member__name=name)
    known: dict[str, Any] = dict(more)
    if "target" in known:
        known["target"] = Organization.objects.get(code=known["target"])
    made = getattr(actions, verb)(journey=journey, by=_actor(username), at=timezone.now(), **known)
    return {"status": str(made.status)}


def look(name: str) -> object:
    """Tell how the journeys of somebody stand, and what is known of the other side."""
    from hongyan.exchange.models import Crossing, Message, Received
    from hongyan.journeys.models import Journey, Transition

    journeys = (
        Journey.objects.filter(member__name=name).select_related("host", "holder", "home").order_by("pk")
    )
    return {
        "journeys": [
            {
                "status": str(one.status),
                "host": one.host.code if one.host else "",
                "holder": one.holder.code,
                "home": one.home.code,
                "guest": one.member.is_guest,
                "why": one.close_reason,
                "notes": [
                    move.note
                    for move in Transition.objects.filter(journey=one).order_by("number")
                    if move.note
                ],
            }
            for one in journeys
        ],
        "shared": [
            {"where": one.where, "contact": one.contact, "stage": str(one.stage()), "words": one.words}
            for one in Crossing.objects.filter(journey__in=journeys).select_related("journey").order_by("pk")
        ],
        "messages": [
            [one.kind, one.way, one.last_error]
            for one in Message.objects.filter(crossing__journey__in=journeys).order_by("pk")
        ],
        "received": Received.objects.count(),
    }


def guests() -> object:
    """Count the guests."""
    from hongyan.members.models import Member

    return Member.objects.filter(is_guest=True).count()


def forget(name: str) -> object:
    """Lose the last journey of somebody, as a backup of yesterday would."""
    from hongyan.audit.models import Entry
    from hongyan.exchange.models import Received
    from hongyan.journeys.models import Journey
    from hongyan.notifications.models import Notice

    journey = Journey.objects.filter(member__name=name).latest("pk")
    about = f"journey:{journey.pk}"
    Received.objects.filter(crossing__journey=journey).delete()
    journey.crossings.all().delete()
    for rows in (journey.handoffs, journey.transitions, journey.reminders):
        rows.all().delete()
    Notice.objects.filter(subject=about).delete()
    journey.delete()
    return Entry.objects.filter(subject=about).count()


def hurry() -> object:
    """Let every message that waits be due now, as if its time had come."""
    from django.utils import timezone

    from hongyan.exchange.models import Message

    return Message.objects.filter(way="waiting").update(not_before=timezone.now())


def command(*words: str) -> object:
    """Run one command of the program; return its exit code and what it printed."""
    from django.core.management import call_command

    out, code = io.StringIO(), 0
    try:
        call_command(*words, stdout=out)
    except SystemExit as left:
        code = int(left.code or 0)
    return [code, out.getvalue()]


def main() -> None:
    """Do one thing after the other, as asked, and print what came of each."""
    django.setup()
    from django.db import connections

    for line in sys.stdin:
        word, plain, named = json.loads(line)
        try:
            answer = {"done": globals()[word](*plain, **named)}
        except Exception:
            answer = {"failed": traceback.format_exc()}
        # The server shares the database: nothing may be held between two requests.
        connections.close_all()
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
