"""May a place be added to the tree, and if not, why not?"""

from django.db import models

from hongyan.geography.codes import Level, level_of
from hongyan.geography.models import Division

LONGEST_NAME = 64


class Refusal(models.TextChoices):
    """Say why a place is not added; the label is the sentence people read."""

    EMPTY_NAME = "empty_name", "请填写名称"
    LONG_NAME = "long_name", "名称太长，请不要超过 64 个字"
    TOO_HIGH = "too_high", "只能在县（区）下添加乡镇街道，或在乡镇街道下添加村和社区"
    CLOSED = "closed", "上级区划已经停用，请选择现在的区划"
    SAME_NAME = "same_name", "那里已经有同名的地方，请直接选用"
    LIVE_ALREADY = "live_already", "这一版区划已经启用过，不能再改。请换一个版本名称载入"
    FULL = "full", "那里添加的地方已经满了，请联系上级核对名单"


class Refused(Exception):
    """Carry the reason why an action did nothing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.label)
        self.refusal = refusal


def why_not_add(parent: Division, name: str) -> Refusal | None:
    """Say why no place of this name may be added below the parent, None when it may."""
    if not name.strip():
        return Refusal.EMPTY_NAME
    if len(name.strip()) > LONGEST_NAME:
        return Refusal.LONG_NAME
    if level_of(parent.code) not in (Level.COUNTY, Level.TOWN):
        return Refusal.TOO_HIGH
    if parent.valid_to is not None:
        return Refusal.CLOSED
    if Division.objects.filter(parent=parent, name=name.strip(), valid_to=None).exists():
        return Refusal.SAME_NAME
    return None
