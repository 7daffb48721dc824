"""In which words are places, doubts and questions put to people?"""

from collections.abc import Sequence

from hongyan.geography.codes import Level
from hongyan.geography.evidence import Candidate, Option, Question
from hongyan.geography.posterior import FOREIGN, HINT_METRES, Position

BY_HAND = Option("", "都不是，我来手动选择地址")
AGAIN = Option("", "重新定位")
MANUAL = Option("", "手动选择地址")
CALL = Option("", "请工作人员联系我")
# Of an address that says no more than the position did.
AGREED = "和填写的地址相符。"


def metres(distance: float) -> str:
    """Return a distance as people say it: 80 米, 2.5 公里."""
    return f"{distance:.0f} 米" if distance < 1000 else f"{distance / 1000:.3g} 公里"


def describe_fix(position: Position, ranked: Sequence[Candidate]) -> str:
    """Return a sentence on what the position says by itself."""
    if position.hint:
        why = f"误差有 {metres(position.metres)}" if position.metres > HINT_METRES else "是十分钟以前的"
        return f"这次定位{why}，只能作参考。"
    if not ranked:
        return ""
    spread = f"精度约 {metres(position.metres)}"
    systems = "，坐标系不明、按两种常见坐标系换算" if position.two_systems else ""
    if ranked[0].probability >= 0.95:
        return f"定位（{spread}{systems}）在{ranked[0].name}。"
    names = "、".join(candidate.name for candidate in ranked)
    return f"定位（{spread}{systems}）在{names}的交界附近，分不清是哪一边。"


def describe_outside(position: Position, has_address: bool) -> str:
    """Return a sentence for a position outside every county."""
    abroad = position.outside.get(FOREIGN, 0.0) > sum(position.outside.values()) / 2
    where = "在境外" if abroad else "在海上，或者不在我国境内"
    follow = "和填写的地址对不上，请确认您现在在哪里。" if has_address else "请重新定位，或者手动选择地址。"
    return f"定位显示您{where}，{follow}"


def pick_one(candidates: Sequence[Candidate]) -> Question:
    """Return the question which of the places it is, with two or three buttons."""
    options = tuple(Option(candidate.code, candidate.name) for candidate in candidates[:2])
    return Question("请问您现在在下面哪个地方？", (*options, BY_HAND))


def confirm(candidate: Candidate) -> Question:
    """Return the question whether it is this place."""
    if len(candidate.code) >= Level.COUNTY:
        return Question(
            f"请问您现在在{candidate.name}吗？", (Option(candidate.code, f"是，在{candidate.name}"), BY_HAND)
        )
    return Question(
        f"您在{candidate.name}，请问具体在哪里？",
        (Option(candidate.code, f"只选{candidate.name}"), MANUAL, CALL),
    )


def start_again(known: bool) -> Question:
    """Return the question when there is nothing to choose from."""
    text = "请问您在哪个区县？" if known else "请问您现在在哪里？"
    return Question(text, (AGAIN, MANUAL, CALL))
