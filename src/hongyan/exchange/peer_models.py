"""What is stored of neighbouring installations and of what goes to and fro, and what is impossible?"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from hongyan.exchange.peer_wording import CROSSING_LABELS, MESSAGE_LABELS, SIDE_LABELS, Kind, Side, Stage, Way
from hongyan.journeys.models import Journey
from hongyan.members.models import new_uid
from hongyan.organizations.models import Organization


def new_id() -> str:
    """Draw an id nobody else will draw."""
    return str(uuid.uuid4())


class Identity(models.Model):
    """Who this installation is to others: the newest row signs, the older ones still open."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    code = models.CharField("平台代号", max_length=30)
    name = models.CharField("平台名称", max_length=60)
    sign_public = models.CharField(max_length=64, unique=True)
    sign_sealed = models.BinaryField()
    box_public = models.CharField(max_length=64, unique=True)
    # As a body names the key it was sealed to.
    box_name = models.CharField(max_length=16, unique=True)
    box_sealed = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"identity:{self.pk}"


class PeerQuerySet(models.QuerySet["Peer"]):
    """Questions one asks of many neighbours."""

    def open(self) -> Self:
        """Keep those we exchange with."""
        return self.filter(closed_at=None)


class Peer(models.Model):
    """One neighbouring installation: where it answers, its keys, and who stands for it here."""

    code = models.CharField("对方代号", max_length=30, unique=True)
    name = models.CharField("对方平台", max_length=60)
    url = models.CharField("对方地址", max_length=200)
    sign_public = models.CharField(max_length=64)
    box_public = models.CharField(max_length=64)
    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="+", verbose_name="代表对方的党组织"
    )
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    # When something of theirs was last believed, and when something of ours last arrived.
    heard_at = models.DateTimeField(null=True, blank=True)
    reached_at = models.DateTimeField(null=True, blank=True)

    objects = PeerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="peer_closed_has_who",
                condition=Q(closed_at=None, closed_by="") | Q(closed_at__isnull=False) & ~Q(closed_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"peer:{self.pk}"


class CrossingQuerySet(models.QuerySet["Crossing"]):
    """Questions one asks of many journeys that two installations share."""

    def live(self) -> Self:
        """Keep those that are not over."""
        return self.filter(ended_at=None)


class Crossing(models.Model):
    """One journey that two installations share: what each side calls it, and what each has told the other."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="crossings")
    journey = models.ForeignKey(Journey, models.PROTECT, related_name="crossings")
    side = models.CharField(max_length=5, choices=[(s.value, v) for s, v in SIDE_LABELS.items()])
    # What both sides call the journey, and the person: random, so that they say nothing elsewhere.
    reference = models.CharField(max_length=36, default=new_id)
    person = models.CharField(max_length=36, default=new_id)
    # The journey's version up to which the other side was told what happened here.
    told = models.PositiveIntegerField()
    # How many messages went out, and the number of the last one of theirs that was taken.
    sent = models.PositiveIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0)
    # Who has him over there, or on whose desk his case lies there; at the guest's side who keeps his home.
    where = models.CharField("对方经办", max_length=120, blank=True, default="")
    contact = models.CharField("对方联系人", max_length=80, blank=True, default="")
    # What has to be checked before he is handed over again.
    words = models.CharField("对方说明", max_length=300, blank=True, default="")
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    objects = CrossingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "reference"], name="crossing_once"),
            models.UniqueConstraint(fields=["journey"], name="one_live_crossing", condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="crossing_ended_has_who",
                condition=Q(ended_at=None, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["peer", "person"], name="crossing_person")]

    def __str__(self) -> str:
        return f"crossing:{self.pk}"

    def stage(self) -> Stage:
        """Say where it stands; its journey must have been read with it."""
        return Stage.ENDED if self.ended_at else _STAGES[self.journey.status]

    def said(self) -> str:
        """Say where it stands as lists print it."""
        return CROSSING_LABELS[self.stage()]


_STAGES = {
    "planned": Stage.WAITING,
    "awaiting": Stage.WAITING,
    "dispatching": Stage.WAITING,
    "hosted": Stage.TAKEN,
    "relocating": Stage.TAKEN,
    "returning": Stage.RETURNING,
    "closed": Stage.ENDED,
}


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions one asks of many messages that go out."""

    def due(self, at: datetime) -> Self:
        """Keep those that may be sent now: never one before an earlier one of the same journey."""
        earlier = Message.objects.filter(crossing=OuterRef("crossing"), number__lt=OuterRef("number"))
        # What the other side has refused it has heard all the same.
        unheard = Q(way__in=(Way.WAITING, Way.LEASED)) | Q(way=Way.DEAD, receipt="")
        return self.filter(
            ~Exists(earlier.filter(unheard)),
            Q(way=Way.WAITING, not_before__lte=at) | Q(way=Way.LEASED, leased_until__lte=at),
            peer__closed_at=None,
        )


class Message(models.Model):
    """One message to a neighbour: sealed to him alone, sent until it is answered."""

    uid = models.CharField(max_length=36, unique=True, default=new_id)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="messages")
    crossing = models.ForeignKey(Crossing, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=[(k.value, v) for k, v in MESSAGE_LABELS.items()])
    number = models.PositiveIntegerField()
    # The journey's version after the move it tells of.
    move = models.PositiveIntegerField()
    # The fixed part of the envelope; nobody here can open its body. Emptied when it is needed no more.
    envelope = models.TextField()
    digest = models.CharField(max_length=64)
    way = models.CharField(max_length=8, choices=[(w.value, w.value) for w in Way], default=Way.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    lease_token = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    # A code of `peer_wording.FAILURE_LABELS`, or of the reason the other side gave.
    last_error = models.CharField(max_length=40, blank=True, default="")
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=40)
    # The other side's own signature under what it took.
    receipt = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["crossing", "number"], name="message_once"),
            models.UniqueConstraint(fields=["crossing", "move"], name="message_once_per_move"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"], name="message_due", condition=Q(way__in=(Way.WAITING, Way.LEASED))
            ),
            models.Index(fields=["peer", "way", "-written_at"], name="message_peer"),
        ]

    def __str__(self) -> str:
        return f"message:{self.pk}"

    @property
    def is_handover(self) -> bool:
        """Tell whether it begins something over there."""
        return self.kind == Kind.HANDOVER


class Received(models.Model):
    """One message of a neighbour that was believed: by its id it is answered again and never done again."""

    uid = models.CharField(max_length=36)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="received")
    crossing = models.ForeignKey(Crossing, models.PROTECT, null=True, blank=True, related_name="received")
    kind = models.CharField(max_length=10, choices=[(k.value, v) for k, v in MESSAGE_LABELS.items()])
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    # Why it was not done; empty when it was.
    why = models.CharField(max_length=40, blank=True, default="")
    receipt = models.TextField()
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "uid"], name="received_once"),
            models.UniqueConstraint(
                fields=["crossing", "number"], name="received_in_order", condition=Q(crossing__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["peer", "-taken_at"], name="received_peer")]

    def __str__(self) -> str:
        return f"received:{self.pk}"


__all__ = ["Crossing", "Identity", "Kind", "Message", "Peer", "Received", "Side", "Stage", "Way"]
