"""What does one row of the outbox look like before it is inserted?

A raw writer on the hot path inserts COLUMNS into TABLE with the values of `row()`, in this order; every other
column has its default in the database. `prepared()` turns the values into what the database's driver takes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.texts import check
from hongyan.vault.redaction import personal_number
from hongyan.vault.sealing import sealer, unseal

TABLE = "notifications_notice"
COLUMNS = (
    "kind",
    "recipient",
    "channel",
    "address_sealed",
    "subject",
    "facts",
    "dedupe_key",
    "created_at",
    "not_before",
    "state",
    "sent_at",
)
ADDRESS = "notifications_notice.address_sealed"
CHANNELS = frozenset(Channel.values)
FACTS = "notifications_notice.facts"
# Whoever reads the table, or a copy of it, must not be able to use these.
SECRET_FACTS = frozenset({"code"})
# A link that opens somebody's case begins so; one to a page behind the sign-in is no secret.
SIGNED_LINK = "/r/"


class Unfit(ValueError):
    """This cannot be a notice: an address is missing or not wanted, or a fact is a person's number."""


class Draft(NamedTuple):
    """What differs between the notices of one batch."""

    recipient: str
    subject: str
    facts: Mapping[str, Any]
    address: str = ""
    dedupe_key: str | None = None


class Seals(NamedTuple):
    """What seals (text, recipient) for addresses and facts: for many notices the keys are looked up once."""

    address: Callable[[str, str], bytes]
    fact: Callable[[str, str], bytes]


def seals() -> Seals:
    """Return what seals under the keys of now."""
    return Seals(sealer(place=ADDRESS), sealer(place=FACTS))


def row(
    *,
    kind: str,
    channel: str,
    draft: Draft,
    at: datetime,
    not_before: datetime | None = None,
    under: Seals | None = None,
) -> tuple[Any, ...]:
    """Check one notice and return its values in the order of COLUMNS."""
    under = under or seals()
    check(kind, draft.facts)
    told = (fact for name, fact in draft.facts.items() if name != "link" and name not in SECRET_FACTS)
    secret = (fact for name, fact in draft.facts.items() if name in SECRET_FACTS)
    if any(_personal(str(fact)) for fact in told) or any(personal_number(str(fact)) for fact in secret):
        raise Unfit("facts must not hold a person's number")
    if channel not in CHANNELS:
        raise Unfit(f"there is no channel {channel!r}")
    in_app = channel == Channel.APP
    if in_app == bool(draft.address):
        raise Unfit("a notice in the app has no address; every other one needs one")
    # The app's page is the delivery: the row is sent by being there.
    return (
        kind,
        draft.recipient,
        channel,
        b"" if in_app else under.address(draft.address, draft.recipient),
        draft.subject,
        _kept(draft, under),
        draft.dedupe_key,
        at,
        not_before or at,
        (State.SENT if in_app else State.WAITING).value,
        at if in_app else None,
    )


@lru_cache(maxsize=20_000)
def _personal(fact: str) -> bool:
    # A place or a day stands in thousands of notices of one moment; a code is not remembered.
    return personal_number(fact) is not None


def _kept(draft: Draft, under: Seals) -> dict[str, Any]:
    """Return the facts as they are stored: what opens something, a code or a signed link, lies sealed."""
    return {
        name: under.fact(str(fact), draft.recipient).hex()
        if name in SECRET_FACTS or (name == "link" and str(fact).startswith(SIGNED_LINK))
        else fact
        for name, fact in draft.facts.items()
    }


def _is_sealed(name: str, fact: Any) -> bool:
    # A link that is not sealed begins with a slash or is empty, because its time was over.
    return name in SECRET_FACTS or (name == "link" and bool(fact) and "/" not in str(fact))


def facts_of(notice: Notice) -> dict[str, Any]:
    """Open a notice's facts, or raise Unsealable."""
    return {
        name: unseal(bytes.fromhex(fact), place=FACTS, row=notice.recipient)
        if _is_sealed(name, fact)
        else fact
        for name, fact in notice.facts.items()
    }


def prepared(values: tuple[Any, ...], connection: BaseDatabaseWrapper) -> list[Any]:
    """Turn a row's values into parameters for a raw statement on this connection."""
    operations = connection.ops
    # Only these two kinds differ between databases; asking all eleven fields makes a batch four times slower.
    return [
        operations.adapt_datetimefield_value(value)
        if isinstance(value, datetime)
        else operations.adapt_json_value(value, None)
        if isinstance(value, dict)
        else value
        for value in values
    ]


def address_of(notice: Notice) -> str:
    """Open a notice's address, or raise Unsealable."""
    return unseal(notice.address_sealed, place=ADDRESS, row=notice.recipient)
