"""What does a network say of one letter, after the provider has taken it?"""

from typing import NamedTuple


class Report(NamedTuple):
    """One letter arrived, or did not and why; `notice_id` where the provider gives back our own number."""

    channel: str
    receipt: str
    arrived: bool
    code: str
    notice_id: int | None = None
