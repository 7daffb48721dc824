"""Which code did the window print for a member who cannot use his phone, and is it still good?"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from hongyan.audit.actions import record
from hongyan.members.models import Member, PaperCode
from hongyan.members.permissions import Actor
from hongyan.statements import in_turn
from hongyan.vault.sealing import keyed_hash, keyed_hashes

# No 0 O Q D, 1 I L, 2 Z, 5 S, 8 B, U V: read aloud or copied by hand they are each other.
ALPHABET = "ACEFGHJKMNPRTWXY34679"
GROUPS, GROUP = 3, 4
VALID = timedelta(days=7)


class PaperReason(StrEnum):
    """Why a member is given a code on paper."""

    NO_SMARTPHONE = "no_smartphone"
    NOT_AT_HAND = "not_at_hand"
    NUMBER_CHANGED = "number_changed"
    NO_MESSAGE = "no_message"


PAPER_REASON_LABELS = {
    PaperReason.NO_SMARTPHONE: "不用智能手机，由家人或工作人员帮着登录",
    PaperReason.NOT_AT_HAND: "手机不在身边或坏了",
    PaperReason.NUMBER_CHANGED: "换了号码，名册还没有更新",
    PaperReason.NO_MESSAGE: "收不到短信",
}


def _letters(code: str) -> str:
    """Keep what can stand on the paper: hyphens, blanks and small letters are as good."""
    return "".join(letter for letter in code.upper() if letter in ALPHABET)


def print_paper_code(
    *, member: Member, by: Actor, organization: int, reason: PaperReason, at: datetime
) -> str:
    """Make a code for this member and return it, this once; an earlier one is worth nothing any more."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    with in_turn():
        PaperCode.objects.filter(member=member, used_at=None).update(used_at=at)
        row = PaperCode.objects.create(
            member=member,
            digest=keyed_hash(letters, purpose="paper_code"),
            expires_at=at + VALID,
            created_at=at,
            created_by=by.code,
        )
        record(
            actor=by.code,
            verb="print_paper_code",
            subject=f"member:{member.pk}",
            organization=organization,
            details={"paper_code": row.pk, "reason": reason.value},
            at=at,
        )
    return "-".join(letters[place : place + GROUP] for place in range(0, len(letters), GROUP))


def use_paper_code(*, code: str, at: datetime) -> Member | None:
    """Use a code up and return whose it is; None when it is wrong, used, replaced or too old."""
    digests = keyed_hashes(_letters(code), purpose="paper_code")
    with in_turn():
        # Without a join: PostgreSQL asks these conditions again once a rival has let go of the row.
        live = PaperCode.objects.filter(digest__in=digests, used_at=None, expires_at__gt=at)
        if not live.update(used_at=at):
            return None
        row = PaperCode.objects.select_related("member").get(digest__in=digests)
        if row.member.erased_at:
            return None
        who = f"member:{row.member_id}"
        record(actor=who, verb="use_paper_code", subject=who, details={"paper_code": row.pk}, at=at)
    return row.member
