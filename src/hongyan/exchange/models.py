"""What is stored of letters to organisations outside the platform, and what the database makes impossible."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hongyan.exchange.peer_models import Crossing, Identity, Message, Peer, Received
from hongyan.exchange.wording import ANSWER_LABELS, STATE_LABELS, Answer, State, number_of
from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, PathField, under

_LIVE = Q(answered_at=None, withdrawn_at=None)


class LetterQuerySet(models.QuerySet["Letter"]):
    """Questions one asks of many letters."""

    def live(self) -> Self:
        """Keep those somebody still waits for: neither answered nor taken back."""
        return self.filter(_LIVE)

    def sent_from(self, actor: Actor) -> Self:
        """Keep those written by organisations this person works for, or by those below."""
        scope = Q(pk__in=[])
        for seat in actor.seats_for(Power.DISPATCH):
            scope |= under("sender_path", seat.path)
        return self.filter(scope)


class Letter(models.Model):
    """One letter about one case: who asked whom, until when, and what came back."""

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="letters")
    sender = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="发函单位")
    sender_path = PathField()
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="收函单位")
    # The journey's version after the move that wrote it: every letter is a move, and no move writes two.
    move = models.PositiveIntegerField()
    # The first letter to this receiver's side, or the one after it.
    ordinal = models.PositiveSmallIntegerField(default=1)
    # Of the code printed last; the code itself is on paper only.
    code_digest = models.CharField(max_length=64, unique=True)
    prints = models.PositiveSmallIntegerField("打印次数", default=1)
    expires_at = models.DateTimeField("回执码有效期")
    due_at = models.DateTimeField("回函期限")
    # The next time somebody looks at it by himself; empty when nothing more is due.
    next_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField("发函时间")
    written_by = models.CharField(max_length=40)
    answer = models.CharField(
        "回执",
        max_length=10,
        blank=True,
        default="",
        choices=[(a.value, v) for a, v in ANSWER_LABELS.items()],
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    # What the receiver wrote: the branch that takes him in, whom to call there, where he lives instead.
    branch = models.CharField("接收党支部", max_length=60, blank=True, default="")
    contact_name = models.CharField("联系人", max_length=40, blank=True, default="")
    contact_phone = models.CharField("联系电话", max_length=30, blank=True, default="")
    words = models.CharField("说明", max_length=200, blank=True, default="")
    # Nobody waits for it any more: a second letter took its place, or the case went on without it.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=40, blank=True, default="")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey"], name="one_live_letter", condition=_LIVE),
            models.UniqueConstraint(fields=["journey", "move"], name="letter_once_per_move"),
            models.CheckConstraint(
                name="letter_answered_has_who",
                condition=Q(answered_at=None, answered_by="", answer="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="letter_withdrawn_has_who",
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sender_path", "-written_at"], name="letter_sender"),
            models.Index(fields=["next_at"], name="letter_next", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"letter:{self.pk}"

    @property
    def number(self) -> str:
        """Return the number printed on the letter."""
        return number_of(timezone.localtime(self.written_at).year, self.pk)

    def state(self, at: datetime) -> State:
        """Say where the letter stands; its journey must have been read with it."""
        if self.answer:
            return State.ANSWERED
        if self.withdrawn_at or self.journey.status not in ON_THE_WAY:
            return State.SETTLED
        return State.LATE if self.due_at < at else State.WAITING

    def said(self, at: datetime) -> str:
        """Say where the letter stands as lists print it: the answer where there is one."""
        return ANSWER_LABELS[Answer(self.answer)] if self.answer else STATE_LABELS[self.state(at)]


__all__ = ["Answer", "Crossing", "Identity", "Letter", "Message", "Peer", "Received", "State"]
