"""What is stored of looking for somebody nobody hears of, and what the database makes impossible?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.journeys.homecomings import has_who


class Way(models.TextChoices):
    """How somebody was looked for, in the order in which one tries."""

    PHONE = "phone", "打电话"
    MESSAGE = "message", "发短信"
    WECHAT = "wechat", "微信联系"
    FAMILY = "family", "走访家属"
    WORKPLACE = "workplace", "走访工作单位"
    NEIGHBOURS = "neighbours", "走访住地和同乡"
    POLICE = "police", "请公安机关协查"
    NOTICE = "notice", "登报或张贴公告"


class Outcome(models.TextChoices):
    """How an attempt ended."""

    NOTHING = "nothing", "没有找到"
    TRACE = "trace", "有线索"
    REACHED = "reached", "联系上了"


class Search(models.Model):
    """One time in which nobody heard of a member: from the early watch to his sign of life, or a decision."""

    journey = models.ForeignKey("journeys.Journey", models.PROTECT, related_name="searches")
    # The last sign of life that was known when it began.
    heard_on = models.DateField("最后联系")
    watched_at = models.DateTimeField("开始关注", null=True, blank=True)
    watched_by = models.CharField(max_length=40, blank=True, default="")
    flagged_at = models.DateTimeField("标为失联关注", null=True, blank=True)
    flagged_by = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField("为什么标记", max_length=300, blank=True, default="")
    # Until when the next attempt should have been made.
    next_due_at = models.DateTimeField("下一步期限", null=True, blank=True)
    found_at = models.DateTimeField("重新联系上", null=True, blank=True)
    found_by = models.CharField(max_length=40, blank=True, default="")
    printed_at = models.DateTimeField("材料打印", null=True, blank=True)
    printed_by = models.CharField(max_length=40, blank=True, default="")
    decided_on = models.DateField("支部决定日期", null=True, blank=True)
    decision = models.CharField("支部决定", max_length=300, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey"], name="one_open_search", condition=Q(found_at=None)),
            *[has_who("search", moment) for moment in ("watched", "flagged", "found", "printed", "decided")],
            models.CheckConstraint(
                name="search_has_begun", condition=Q(watched_at__isnull=False) | Q(flagged_at__isnull=False)
            ),
            # People decide with the papers before them.
            models.CheckConstraint(
                name="search_decided_with_papers",
                condition=Q(decided_at=None, decided_on=None)
                | Q(decided_at__isnull=False, decided_on__isnull=False, printed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_due_at"], name="search_due", condition=Q(found_at=None, decided_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"search:{self.pk}"


class SearchAttempt(models.Model):
    """One attempt to find somebody: how, when, by whom, and what came of it."""

    search = models.ForeignKey(Search, models.PROTECT, related_name="attempts")
    way = models.CharField("方式", max_length=10, choices=Way)
    tried_on = models.DateField("时间")
    who = models.CharField("经办人", max_length=40)
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    note = models.CharField("情况", max_length=300, blank=True, default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=40)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["search", "tried_on"], name="search_attempts")]

    def __str__(self) -> str:
        return f"{self.search_id}:{self.way}"
