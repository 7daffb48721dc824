"""Who is told what about a branch of one origin: both departments each step, a member when he is asked."""

from collections.abc import Iterable
from datetime import datetime

from hongyan.gathering.models import Founding, Gathering, Invitation
from hongyan.journeys.links import path_for
from hongyan.journeys.recording import tell
from hongyan.journeys.telling import to_member
from hongyan.notifications.actions import notify, notify_many
from hongyan.notifications.models import Channel
from hongyan.notifications.rows import Draft
from hongyan.notifications.texts import said_day
from hongyan.organizations.models import Organization


def sides(gathering: Gathering) -> list[Organization]:
    """List the departments of both places, as far as they work on the platform."""
    host = gathering.host if gathering.host and gathering.host.has_desk else None
    return [gathering.home, *([host] if host and host.pk != gathering.home_id else [])]


def tell_suggested(gatherings: Iterable[Gathering], at: datetime) -> int:
    """Tell both departments of new suggestions, once each."""
    drafts = [
        Draft(
            f"organization:{side.pk}",
            f"gathering:{row.pk}",
            {
                "home": row.home.short_name,
                "place": row.place.name,
                "link": f"/gatherings/{row.pk}/",
            },
            dedupe_key=f"gathering_suggested:{row.pk}:{side.pk}:{at:%Y%m%d}",
        )
        for row in gatherings
        for side in sides(row)
    ]
    return notify_many(kind="gathering_suggested", channel=Channel.APP, drafts=drafts, at=at)


def tell_founding(founding: Founding, who: Organization, kind: str, at: datetime) -> None:
    """Tell one side of a step, once for each version."""
    due = founding.due_at
    notify(
        kind=kind,
        recipient=f"organization:{who.pk}",
        channel=Channel.APP,
        subject=f"founding:{founding.pk}",
        facts={
            "home": founding.gathering.home.short_name,
            "name": founding.name,
            "due": said_day(due.date()) if due else "",
            "link": f"/foundings/{founding.pk}/",
        },
        dedupe_key=f"{kind}:{founding.pk}:{founding.version}:{who.pk}",
        at=at,
    )


def tell_invited(invitation: Invitation, at: datetime) -> None:
    """Ask a member by message and in the app, with his link; his home and his host may record his answer."""
    journey, branch = invitation.journey, invitation.branch.short_name
    link = f"{path_for(journey)}join/"
    tell(to_member(journey, "join_asked", by_message=True, branch=branch, link=link), at=at)
    for place in [journey.home, *([journey.host] if journey.host else [])]:
        if not place.has_desk:
            continue
        notify(
            kind="join_to_ask",
            recipient=f"organization:{place.pk}",
            channel=Channel.APP,
            subject=f"journey:{journey.pk}",
            facts={"branch": branch, "link": f"/invitations/{invitation.pk}/"},
            dedupe_key=f"join_to_ask:{invitation.pk}:{place.pk}",
            at=at,
        )


def tell_small(founding: Founding, at: datetime) -> None:
    """Tell both departments that a branch has too few full members; what becomes of it people decide."""
    branch = founding.branch
    if branch is None:
        return
    for side in sides(founding.gathering):
        notify(
            kind="branch_small",
            recipient=f"organization:{side.pk}",
            channel=Channel.APP,
            subject=f"organization:{branch.pk}",
            facts={"branch": branch.short_name, "link": f"/organizations/{branch.pk}/"},
            dedupe_key=f"branch_small:{branch.pk}:{side.pk}:{at:%Y%m%d}",
            at=at,
        )
