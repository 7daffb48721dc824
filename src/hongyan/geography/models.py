"""Which divisions does this installation know, and which boundaries are in force?

Codes are ASCII digits, so a subtree is a range of codes on every database: `Division.objects.below("6201")`.
A row is never deleted, because a case may refer to its code; it gets a last day and successors instead.
"""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from hongyan.geography.codes import LABELS, LENGTHS, Level, prefix_range


class Source(models.TextChoices):
    """Say where a division came from."""

    LIST = "list", "统计用区划代码"
    PATCH = "patch", "本系统补充"
    STAFF = "staff", "当地工作人员添加"
    GENERATION = "redrawn", "区划调整"


class DivisionQuerySet(models.QuerySet["Division"]):
    """Choose divisions by what they are."""

    def below(self, code: str) -> Self:
        """Keep the division itself and everything below it."""
        low, high = prefix_range(code)
        return self.filter(code__gte=low, code__lt=high)

    def added(self) -> Self:
        """Keep what county staff added by hand."""
        return self.filter(source=Source.STAFF)


class Division(models.Model):
    """One node of the five-level tree of places, from the province to the village."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=64)
    level = models.PositiveSmallIntegerField(
        "级别", choices=[(level.value, LABELS[level]) for level in Level]
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="上级"
    )
    source = models.CharField("来源", max_length=8, choices=Source)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)
    # Codes separated by a space; empty while the division stands.
    successors = models.CharField("现由", max_length=64, blank=True, default="")
    added_at = models.DateTimeField("添加时间")
    # Such as user:12 or system:setup: geography knows nobody, so it keeps the words it is given.
    added_by = models.CharField("添加人", max_length=96)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(level__in=LENGTHS), name="geography_division_level"),
            models.CheckConstraint(
                condition=Exact(Length("code"), models.F("level")), name="geography_division_code_length"
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=False, level__gt=Level.PROVINCE.value)
                | models.Q(parent__isnull=True, level=Level.PROVINCE.value),
                name="geography_division_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="geography_division_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class BoundaryGeneration(models.Model):
    """One edition of the boundaries; one is in force, the others stay to explain old cases."""

    name = models.CharField("版本", max_length=64, unique=True)
    source = models.CharField("来源", max_length=120)
    vintage = models.CharField("数据时点", max_length=32)
    crs = models.CharField("坐标系", max_length=8)
    sha256 = models.CharField("校验值", max_length=64)
    licence_number = models.CharField("审图号", max_length=40, blank=True, default="")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)
    is_live = models.BooleanField("正在使用", default=False)
    # What it was compared with when it was loaded; it can go live after nothing else.
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    # The decree that changed the divisions; empty for an edition of the outlines alone.
    reason = models.CharField("依据", max_length=200, blank=True, default="")
    loaded_at = models.DateTimeField(null=True, blank=True)
    loaded_by = models.CharField(max_length=96, blank=True, default="")
    live_at = models.DateTimeField(null=True, blank=True)
    live_by = models.CharField(max_length=96, blank=True, default="")
    rolled_back_at = models.DateTimeField(null=True, blank=True)
    rolled_back_by = models.CharField(max_length=96, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_live"], condition=models.Q(is_live=True), name="geography_one_live_generation"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="geography_generation_days",
            ),
            *[
                models.CheckConstraint(
                    name=f"geography_generation_{moment}_has_who",
                    condition=models.Q(**{f"{moment}_at": None, f"{moment}_by": ""})
                    | models.Q(**{f"{moment}_at__isnull": False}) & ~models.Q(**{f"{moment}_by": ""}),
                )
                for moment in ("loaded", "live", "rolled_back")
            ],
        ]

    def __str__(self) -> str:
        return self.name


class NamedDivision(models.Model):
    """One code that begins with a generation, or has another name from then on."""

    generation = models.ForeignKey(BoundaryGeneration, models.CASCADE, related_name="named")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=64)
    # Empty when the code is new.
    was_name = models.CharField("原名称", max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "code"], name="geography_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Succession(models.Model):
    """One code that ends with a generation, and one of those that have its ground from then on."""

    generation = models.ForeignKey(BoundaryGeneration, models.CASCADE, related_name="successions")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=64)
    successor = models.CharField("现由", max_length=12)
    # The only one that has its ground: whatever lies there follows by itself.
    is_sole = models.BooleanField(default=True)
    # The deepest division that holds all who have its ground.
    common = models.CharField("共同上级", max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["generation", "code", "successor"], name="geography_succession_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(code=models.F("successor")), name="geography_succession_moves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} -> {self.successor}"
