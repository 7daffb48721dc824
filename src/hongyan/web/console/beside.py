"""What stands beside the desk: figures of one's organisation, whom one is asked about, and the news?"""

from datetime import datetime
from typing import Any

from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.web.console.counting import figures_of_seat
from hongyan.web.console.news import latest
from hongyan.web.found.rows import owed


def beside(actor: Actor, at: datetime) -> dict[str, Any]:
    """Read it for the first of somebody's organisations; only behind a guard that has found one."""
    seat, news = actor.seats_for(Power.SEE)[0], latest(actor)
    asked, asked_until = owed(actor, at)
    return {
        "seat": seat,
        "figures": figures_of_seat(seat, at),
        "asked": asked,
        "asked_until": asked_until,
        "news": news,
        "unread": any(item.unread for item in news),
    }
