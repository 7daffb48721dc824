"""How is a length of time away said in words?"""

_USUAL = {
    (None, None): "",
    (None, 0): "还没有出发",
    (0, 3): "不满 3 个月",
    (3, 6): "3 至 6 个月",
    (6, 12): "半年至 1 年",
    (12, 24): "1 至 2 年",
    (24, 36): "2 至 3 年",
    (36, 60): "3 至 5 年",
    (60, None): "5 年以上",
}


def away_words(low: int | None, high: int | None) -> str:
    """Say how many full months somebody has been away; empty when nothing is asked."""
    if (low, high) in _USUAL:
        return _USUAL[low, high]
    least = f"满 {low} 个月" if low is not None else ""
    return least + (f"不满 {high} 个月" if high is not None else "以上")
