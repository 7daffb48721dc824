"""Which notices lie with whom, so that inboxes look as they would after weeks of work?

Only about what is going on now: the reminders of those who are awaited, and the cases on a desk this moment.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hongyan.demo.ladders import made
from hongyan.demo.lives import Life
from hongyan.demo.rows import insert
from hongyan.demo.tree import Node, Tree
from hongyan.journeys.ladder import Way, key_of
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Purpose, Status
from hongyan.journeys.wording import day
from hongyan.notifications.models import Channel, Notice, State

NOTICE = (
    "kind", "recipient", "channel", "address_sealed", "subject", "facts", "dedupe_key", "created_at", "not_before",
    "state", "sent_at", "read_at", "leased_until", "withdrawn_at",
)  # fmt: skip
Row = tuple[Any, ...]


def _row(
    kind: str,
    recipient: str,
    life: Life,
    at: datetime,
    channel: Channel = Channel.APP,
    key: str | None = None,
    **facts: str,
) -> Row:
    # A message of weeks ago is sent: its address has been forgotten, as the outbox does.
    text = json.dumps({"home": life.home.title.short_name, **facts}, ensure_ascii=False)
    subject = f"journey:{life.pk}"
    return (
        kind,
        recipient,
        channel.value,
        b"",
        subject,
        text,
        key,
        at,
        at,
        State.SENT.value,
        at,
        None,
        None,
        None,
    )


def _reminders(life: Life) -> Iterator[Row]:
    link = path_for(Journey(pk=life.pk, link_serial=1))
    for step, at in made(life):
        if step.way != Way.CALL:
            channel = Channel.APP if step.way == Way.APP else Channel.SMS
            key = key_of(step.rule, step.number, life.row["remind_from"], life.pk)
            yield _row("check_in_reminder", life.me, life, at, channel, key, link=link)


def _live_hop(life: Life, tree: Tree) -> Iterator[Row]:
    _, _, purpose, sender, receiver, _, _, _, sent_at, _, due_at, *_ = life.hops[-1]
    link = f"/journeys/{life.pk}/"
    from_, to = tree.nodes[sender - 1], tree.nodes[receiver - 1]
    facts = {"link": link, "due": day(due_at), "sender": from_.title.short_name}
    kinds = {Purpose.ARRIVAL: "found", Purpose.CHECKING: "returned"}
    yield _row(kinds.get(Purpose(purpose), "arrived_at_desk"), _desk(to), life, sent_at, **facts)
    if to is not life.home:
        yield _row("sent_on", _desk(life.home), life, sent_at, link=link, target=to.title.short_name)


def _desk(node: Node) -> str:
    return f"organization:{node.pk}"


def _of(life: Life, tree: Tree) -> Iterator[Row]:
    if life.row["status"] in (Status.PLANNED, Status.AWAITING):
        yield from _reminders(life)
    if life.hops and not life.hops[-1][13]:
        yield from _live_hop(life, tree)
    if life.row["status"] == Status.RETURNING:
        due = day(life.row["due_at"])
        yield _row("returning", _desk(life.home), life, life.last, link=f"/journeys/{life.pk}/", due=due)


def write(played: list[Life], tree: Tree) -> None:
    """Write the notices of everything that is going on."""
    insert(Notice, NOTICE, (row for life in played for row in _of(life, tree)))
