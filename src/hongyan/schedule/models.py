"""Which piece of work was to begin when, and what became of it?

One row for each run: of a job at a planned moment, or of something an official queued. The row itself is
what keeps two workers apart: it can be made once only, and whoever works on it holds a lease with a token.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

REFERENCE = 96


class State(models.TextChoices):
    """Where a run stands."""

    WAITING = "waiting", "等待运行"
    LEASED = "leased", "正在运行"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    # A later planned moment of the same job came before this one could begin: one run covers both.
    SUPERSEDED = "superseded", "已并入下一次"


OPEN = (State.WAITING, State.LEASED)


class Run(models.Model):
    """One run of one job."""

    # A name of settings.HONGYAN_JOBS, or, if not `scheduled`, of settings.HONGYAN_QUEUED.
    job = models.CharField(max_length=64)
    # The planned moment, or what the one who queued it calls it: with the job, unique.
    key = models.CharField(max_length=160)
    scheduled = models.BooleanField()
    # Ids and codes only.
    arguments = models.JSONField(default=dict)
    planned_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    queued_by = models.CharField(max_length=REFERENCE)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, default="", blank=True)
    attempts = models.SmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # How many rows it met.
    count = models.BigIntegerField(default=0)
    # How far it has come, for a page; total 0 says that nobody knows.
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    # The name of an error, never its sentence: sentences repeat what stands in rows.
    last_error = models.CharField(max_length=100, default="", blank=True)

    class Meta:
        db_table = "schedule_run"
        indexes: ClassVar = [
            models.Index(fields=["state", "scheduled", "not_before", "id"], name="run_due"),
            models.Index(fields=["job", "state", "planned_at"], name="run_latest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "key"], name="one_run_per_moment"),
            models.UniqueConstraint(
                fields=["job"], condition=Q(scheduled=True, state__in=OPEN), name="one_open_run_per_job"
            ),
            models.CheckConstraint(name="run_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="run_leased_has_token",
                condition=Q(state=State.LEASED, leased_until__isnull=False) & ~Q(lease_token="")
                | ~Q(state=State.LEASED) & Q(leased_until__isnull=True),
            ),
            models.CheckConstraint(
                name="run_closed_has_time",
                condition=Q(state__in=OPEN, finished_at=None)
                | ~Q(state__in=OPEN) & Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.key}: {self.state}"
