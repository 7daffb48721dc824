"""What do letters, their answers and their numbers say in people's words?"""

from enum import StrEnum


class Answer(StrEnum):
    """What came back to a letter."""

    ACCEPTED = "accepted"
    ELSEWHERE = "elsewhere"
    CHECKING = "checking"


class State(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"
    SETTLED = "settled"


ANSWER_LABELS = {
    Answer.ACCEPTED: "已接收",
    Answer.ELSEWHERE: "不在我处",
    Answer.CHECKING: "需要再核实",
}
STATE_LABELS = {
    State.WAITING: "等待回函",
    State.LATE: "逾期未回",
    State.ANSWERED: "已回函",
    State.SETTLED: "已另行办理",
}
NOTE = 300


def number_of(year: int, pk: int) -> str:
    """Write the number of a letter as offices do."""
    return f"鸿雁函〔{year}〕{pk:05d}号"


def evidence(number: str, branch: str, contact_name: str, contact_phone: str) -> str:
    """Say by which letter, and by whom there, a member was taken in."""
    whom = " ".join(part for part in (contact_name, contact_phone) if part)
    return f"{number}回执：由{branch}接收，联系人{whom}"[:NOTE]
