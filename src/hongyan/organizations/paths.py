"""How the tree is written as text: one fixed-width segment a level, so that a subtree is one range."""

from collections.abc import Iterator

WIDTH = 4
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Sorts after every character a segment can hold.
END = "~"


def segment(number: int) -> str:
    """Write a child's number (0 ≤ number < 36⁴) as a segment."""
    if not 0 <= number < len(DIGITS) ** WIDTH:
        raise ValueError(f"no room for child {number}")
    text = ""
    for _ in range(WIDTH):
        number, rest = divmod(number, len(DIGITS))
        text = DIGITS[rest] + text
    return text


def number_of(path: str) -> int:
    """Read the number of the last segment of a path."""
    return int(path[-WIDTH:], len(DIGITS))


def parent_of(path: str) -> str:
    """Return the parent's path, empty for a root."""
    return path[:-WIDTH]


def chain(path: str) -> Iterator[str]:
    """Yield every path from the root down to and including this one."""
    for end in range(WIDTH, len(path) + 1, WIDTH):
        yield path[:end]


def covers(above: str, below: str) -> bool:
    """Tell whether `below` is `above` or stands under it."""
    return bool(above) and below.startswith(above)


def common(first: str, second: str) -> str:
    """Return the path of the lowest common ancestor, empty when there is none."""
    shared = ""
    for one, other in zip(chain(first), chain(second), strict=False):
        if one != other:
            break
        shared = one
    return shared
