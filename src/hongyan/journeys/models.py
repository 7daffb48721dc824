"""What is stored of a period away, and what the database makes impossible."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from hongyan.geography.models import Division
from hongyan.journeys.homecomings import Return
from hongyan.journeys.ladder_models import LadderChange, Reminder, ReminderStep
from hongyan.journeys.meeting_models import Guest, Meeting
from hongyan.journeys.period_models import PeriodChange
from hongyan.journeys.raise_models import Raise
from hongyan.journeys.redraw_models import FollowedRow, SuccessorChoice
from hongyan.journeys.searches import Search, SearchAttempt
from hongyan.journeys.states import (
    ANSWER_LABELS,
    AWAY,
    CLOSE_LABELS,
    STATUS_LABELS,
    VERB_LABELS,
    Answer,
    CloseReason,
    Purpose,
    Status,
    Verb,
)
from hongyan.journeys.transfer_models import TransferQuestion
from hongyan.journeys.visit_models import Visit
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, PathField, under


class Reason(models.TextChoices):
    """Why somebody goes away."""

    WORK = "work", "外出务工"
    BUSINESS = "business", "经商创业"
    STUDY = "study", "求学进修"
    FAMILY = "family", "随迁照料家人"
    OTHER = "other", "其他"


class JourneyQuerySet(models.QuerySet["Journey"]):
    """Questions one asks of many journeys."""

    def open(self) -> Self:
        """Keep those that have not ended."""
        return self.exclude(status=Status.CLOSED)

    def overdue(self, at: object) -> Self:
        """Keep those whose next step is late."""
        return self.filter(due_at__lt=at)

    def home_under(self, path: str) -> Self:
        """Keep those whose home lies in this subtree."""
        return self.filter(under("home_path", path))

    def host_under(self, path: str) -> Self:
        """Keep those who are hosted in this subtree."""
        return self.filter(under("host_path", path))

    def on_desk(self, organization_id: int) -> Self:
        """Keep those whose next step is this organisation's."""
        return self.filter(holder_id=organization_id, status__in=[s for s in Status if s != Status.CLOSED])

    def visible_to(self, actor: Actor) -> Self:
        """Keep what this person may see: his own, or those of both places he has a seat in.

        What has ended stays with its home alone: the host keeps figures, no cases.
        """
        if actor.member_id is not None:
            return self.filter(member_id=actor.member_id)
        scope, lasts = Q(pk__in=[]), ~Q(status=Status.CLOSED)
        for path in actor.visible_paths:
            scope |= under("home_path", path)
            scope |= lasts & under("host_path", path) | lasts & under("holder_path", path)
        if actor.opened:
            scope |= Q(member_id__in=actor.opened)
        return self.filter(scope)


class Journey(models.Model):
    """One member's one period away; both places act on this same row."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="journeys")
    status = models.CharField("状态", max_length=12, choices=[(s.value, v) for s, v in STATUS_LABELS.items()])
    version = models.PositiveIntegerField(default=1)
    home = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="流出地党组织")
    home_path = PathField()
    host = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收组织"
    )
    host_path = PathField(default="", blank=True)
    # Whose desk it lies on: exactly one organisation owes the next step at any moment.
    holder = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="当前经办")
    holder_path = PathField()
    due_at = models.DateTimeField("办理期限", null=True, blank=True)
    # Each side keeps in touch by its own clock, from checking in and from accepting to the way home.
    home_due_at = models.DateTimeField("流出地下次联系", null=True, blank=True)
    host_due_at = models.DateTimeField("接收组织下次联系", null=True, blank=True)
    # At home on a visit until about then, though still away: the host's duty rests meanwhile.
    visit_until = models.DateField("回乡到", null=True, blank=True)
    # Stayed longer than he said: until when home has to ask whether he has left or stays for good.
    visit_due_at = models.DateTimeField(null=True, blank=True)
    # Away for less than half a year: recorded, but counted apart.
    is_short = models.BooleanField("短期外出", default=False)
    reason = models.CharField("外出原因", max_length=10, choices=Reason, default=Reason.WORK)
    departs_on = models.DateField("外出时间")
    expected_return_on = models.DateField("预计返回时间", null=True, blank=True)
    # Declared at first, then what the member confirmed; never a coordinate.
    destination = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="去向"
    )
    destination_text = models.CharField("详细地址或单位", max_length=200, blank=True, default="")
    employer = models.CharField("工作单位", max_length=120, blank=True, default="")
    talk_on = models.DateField("行前谈话", null=True, blank=True)
    talk_by = models.CharField("谈话人", max_length=40, blank=True, default="")
    caretaker = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="微管家"
    )
    # Since when he has this caretaker: fair shares count who was given to whom lately.
    caretaker_at = models.DateTimeField(null=True, blank=True)
    caretaker_by = models.CharField(max_length=40, blank=True, default="")
    party_group = models.CharField("编入党小组", max_length=60, blank=True, default="")
    # Out again after this journey: whoever goes back to the same place goes to the same host.
    again_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="上一次外出"
    )
    link_serial = models.PositiveSmallIntegerField(default=1)
    # From when reminders count, until he is heard of; the last step made; when the next one is due.
    remind_from = models.DateTimeField(null=True, blank=True)
    remind_step = models.PositiveSmallIntegerField(default=0, db_default=0)
    remind_at = models.DateTimeField(null=True, blank=True)
    # The steps he began with and goes on by, whatever is changed later; empty: those by default.
    remind_ladder = models.ForeignKey(LadderChange, models.PROTECT, null=True, blank=True, db_index=False)
    marked_at = models.DateTimeField()
    marked_by = models.CharField(max_length=40)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_in_by = models.CharField(max_length=40, blank=True, default="")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=40, blank=True, default="")
    contacted_at = models.DateTimeField(null=True, blank=True)
    contacted_by = models.CharField(max_length=40, blank=True, default="")
    # Out of contact is a flag with its own clock: one can be hosted and unreachable.
    lost_at = models.DateTimeField(null=True, blank=True)
    lost_by = models.CharField(max_length=40, blank=True, default="")
    # Abroad by his own word or home's, until he checks in or comes home; never where.
    abroad_at = models.DateTimeField("在境外", null=True, blank=True)
    abroad_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    # Nobody has heard of him for three months: watched, long before he counts as out of contact.
    watched_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    close_reason = models.CharField(
        max_length=12, blank=True, default="", choices=[(r.value, v) for r, v in CLOSE_LABELS.items()]
    )

    objects = JourneyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], name="one_open_journey", condition=~Q(status=Status.CLOSED)
            ),
            models.CheckConstraint(
                name="open_has_deadline",
                condition=Q(status=Status.CLOSED, due_at=None)
                | ~Q(status=Status.CLOSED) & Q(due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="closed_has_reason",
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                & ~Q(close_reason="")
                & ~Q(closed_by="")
                | ~Q(status=Status.CLOSED) & Q(closed_at=None, close_reason="", closed_by=""),
            ),
            models.CheckConstraint(
                name="home_keeps_in_touch",
                condition=Q(status__in=[Status.DISPATCHING, Status.HOSTED, Status.RELOCATING])
                | Q(home_due_at=None),
            ),
            models.CheckConstraint(
                name="host_keeps_in_touch",
                condition=Q(status__in=[Status.HOSTED, Status.RELOCATING]) | Q(host_due_at=None),
            ),
            models.CheckConstraint(
                name="reminded_only_while_awaited",
                condition=Q(remind_from=None, remind_at=None)
                | Q(remind_from__isnull=False, status__in=[Status.PLANNED, Status.AWAITING]),
            ),
            models.CheckConstraint(
                name="visits_only_while_away",
                condition=Q(status__in=AWAY) | Q(visit_until=None),
            ),
            models.CheckConstraint(
                name="overstays_only_on_a_visit",
                condition=Q(visit_due_at=None) | Q(visit_until__isnull=False),
            ),
            models.CheckConstraint(
                name="hosted_has_host",
                condition=~Q(status__in=[Status.HOSTED, Status.RELOCATING])
                | Q(host__isnull=False) & ~Q(host_path=""),
            ),
            models.CheckConstraint(
                name="no_host_before_accept",
                condition=~Q(status__in=[Status.PLANNED, Status.AWAITING, Status.DISPATCHING])
                | Q(host=None, host_path=""),
            ),
            *[
                models.CheckConstraint(
                    name=f"journey_{moment}_has_who",
                    condition=Q(**{f"{moment}_at": None, f"{moment}_by": ""})
                    | Q(**{f"{moment}_at__isnull": False}) & ~Q(**{f"{moment}_by": ""}),
                )
                for moment in ("checked_in", "accepted", "contacted", "lost", "caretaker", "abroad")
            ],
            models.CheckConstraint(
                name="caretaker_has_moment",
                condition=Q(caretaker=None, caretaker_at=None)
                | Q(caretaker__isnull=False, caretaker_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # Wide enough to count a subtree from the index alone: four times faster on SQLite.
            models.Index(
                fields=[
                    "home_path",
                    "status",
                    "is_short",
                    "lost_at",
                    "checked_in_at",
                    "host_path",
                    "due_at",
                    "marked_at",
                ],
                name="journey_home",
            ),
            models.Index(fields=["host_path", "status", "is_short", "home_path"], name="journey_host"),
            models.Index(fields=["holder_path", "status", "due_at"], name="journey_holder_path"),
            models.Index(
                fields=["holder", "due_at"], name="journey_desk", condition=~Q(status=Status.CLOSED)
            ),
            models.Index(fields=["due_at"], name="journey_due", condition=~Q(status=Status.CLOSED)),
            models.Index(
                fields=["home_due_at"], name="journey_home_due", condition=Q(home_due_at__isnull=False)
            ),
            models.Index(
                fields=["host_due_at"], name="journey_host_due", condition=Q(host_due_at__isnull=False)
            ),
            models.Index(
                fields=["visit_due_at"], name="journey_visit_due", condition=Q(visit_due_at__isnull=False)
            ),
            models.Index(
                fields=["visit_until"], name="journey_visit_until", condition=Q(visit_until__isnull=False)
            ),
            # Finding who is to be reminded costs what is due, not what exists.
            models.Index(fields=["remind_at"], name="journey_remind", condition=Q(remind_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"journey:{self.pk}"

    def is_visible_to(self, actor: Actor) -> bool:
        """Tell of a row already read what `visible_to` asks the database."""
        if actor.member_id is not None:
            return self.member_id == actor.member_id
        if self.member_id in actor.opened:
            return True
        away = () if self.status == Status.CLOSED else (self.host_path, self.holder_path)
        places = (self.home_path, *away)
        return any(paths.covers(path, place) for path in actor.visible_paths for place in places)

    @property
    def accountable_path(self) -> str:
        """Return the path of the organisation that answers for the member at this moment."""
        return str(self.host_path if self.status == Status.RELOCATING else self.holder_path)


class Handoff(models.Model):
    """One hop of a journey from one desk to the next, with the reason it went there."""

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="handoffs")
    hop = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Purpose])
    sender = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    receiver_path = PathField()
    # Every level from below this path down to the receiver registers the hop.
    common_path = PathField(default="", blank=True)
    place = models.CharField(max_length=12, blank=True, default="")
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    answer = models.CharField(
        max_length=10, blank=True, default="", choices=[(a.value, v) for a, v in ANSWER_LABELS.items()]
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey"], name="one_live_handoff", condition=Q(answered_at=None)
            ),
            models.UniqueConstraint(fields=["journey", "hop"], name="hop_once"),
            models.CheckConstraint(
                name="answered_has_who",
                condition=Q(answered_at=None, answered_by="", answer="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "answer"], name="handoff_history"),
            models.Index(fields=["receiver_path", "sent_at"], name="handoff_receiver"),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}/{self.hop}"


class Transition(models.Model):
    """One move that happened: the shared timeline, and the immutable fact that flows are counted from."""

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="transitions")
    # The journey's version after the move: two moves can never take the same number.
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=16, choices=[(v.value, label) for v, label in VERB_LABELS.items()])
    source = models.CharField(max_length=12, blank=True, default="")
    target = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    # Where the case went with this move, when it went somewhere.
    receiver = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    home_path = PathField(fact=True)
    host_path = PathField(fact=True, default="", blank=True)
    destination = models.CharField(max_length=12, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    # The idempotency key of the form or call that asked for the move.
    key = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique needs null for "none"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "number"], name="transition_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="transition_at"),
            # The days of the year of an organisation; no other move pays for them.
            models.Index(
                fields=["home_path", "verb", "at"],
                name="transition_left",
                condition=Q(verb__in=[Verb.MARK, Verb.CHECK_IN]),
            ),
            models.Index(
                fields=["host_path", "at", "home_path"], name="transition_came", condition=Q(verb=Verb.ACCEPT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}#{self.number}"


__all__ = [
    "Answer",
    "CloseReason",
    "Guest",
    "FollowedRow",
    "Handoff",
    "Journey",
    "JourneyQuerySet",
    "LadderChange",
    "Meeting",
    "PeriodChange",
    "Raise",
    "Reason",
    "Reminder",
    "ReminderStep",
    "Return",
    "Search",
    "SearchAttempt",
    "SuccessorChoice",
    "TransferQuestion",
    "Transition",
    "Verb",
    "Visit",
]
