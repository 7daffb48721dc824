"""Which duties have a deadline that climbs when it is missed, and by which column and status?"""

from dataclasses import dataclass
from enum import StrEnum

from hongyan.journeys.states import AWAY, Status


class Duty(StrEnum):
    """What somebody owes a member who is away; hops between desks climb by themselves."""

    CHECK_IN = "check_in"
    HOME_CONTACT = "home_contact"
    HOST_CONTACT = "host_contact"
    RETURN_TALK = "return_talk"
    VISIT_END = "visit_end"
    CLOSING_NOTE = "closing_note"
    EXEMPT_REVIEW = "exempt_review"


DUTY_LABELS = {
    Duty.CHECK_IN: "督促报到",
    Duty.HOME_CONTACT: "流出地联系",
    Duty.HOST_CONTACT: "接收组织联系",
    Duty.RETURN_TALK: "返回谈话",
    Duty.VISIT_END: "问清是否不走了",
    Duty.CLOSING_NOTE: "写结束管理意见",
    Duty.EXEMPT_REVIEW: "复核不作硬性要求",
}


@dataclass(frozen=True)
class Clock:
    """Where a duty's deadline stands, while which statuses last, and who owes it."""

    duty: Duty
    column: str
    statuses: frozenset[Status]
    debtor: str
    # Empty as long as the duty is not done, where doing it leaves the deadline as it was.
    done: str = ""
    # What debtor and level above are told at once when it is missed; else the day's digest counts it.
    notice: str = ""
    # Of the old and the ill alone is this asked, and of them nothing else: it is asked of home, not of them.
    of_exempt: bool = False


CLOCKS = (
    Clock(Duty.CHECK_IN, "due_at", frozenset({Status.AWAITING}), "home"),
    Clock(
        Duty.HOME_CONTACT,
        "home_due_at",
        frozenset({Status.DISPATCHING, Status.HOSTED, Status.RELOCATING}),
        "home",
    ),
    Clock(Duty.HOST_CONTACT, "host_due_at", frozenset({Status.HOSTED, Status.RELOCATING}), "host"),
    Clock(Duty.RETURN_TALK, "due_at", frozenset({Status.RETURNING}), "home"),
    Clock(Duty.VISIT_END, "visit_due_at", frozenset(AWAY), "home"),
    Clock(
        Duty.CLOSING_NOTE,
        "homecoming__closing_due_at",
        frozenset({Status.RETURNING}),
        "homecoming__host",
        done="homecoming__closing_at",
        notice="closing_missed",
    ),
    Clock(
        Duty.EXEMPT_REVIEW,
        "member__exempt_due_at",
        frozenset(Status) - {Status.CLOSED},
        "home",
        notice="exempt_review_missed",
        of_exempt=True,
    ),
)
