"""How does the share of those who have checked in grow after departure, with the ladder and without, as a picture?"""

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 60, 30, 20, 50
LABELS = {"with": "有提醒阶梯 with the ladder", "without": "没有提醒阶梯 without"}
COLOURS = {"with": "#c8102e", "without": "#4a5568"}
LAST_DAY = 90


def _x(day: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * day / LAST_DAY, 1)


def _y(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share / 100), 1)


def _text(x: float, y: float, words: str, *, anchor: str = "middle", colour: str = "#1a202c") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}" font-size="14">{words}</text>'


def drawn(curves: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Draw the curves as SVG."""
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
    for share in range(0, 101, 20):
        parts.append(f'<path d="M{LEFT} {_y(share)}H{WIDTH - RIGHT}" stroke="#e2e8f0"/>')
        parts.append(_text(LEFT - 8, _y(share) + 5, f"{share} %", anchor="end"))
    parts += [_text(_x(day), HEIGHT - BOTTOM + 22, str(day)) for day in range(0, LAST_DAY + 1, 15)]
    parts.append(_text((WIDTH + LEFT) / 2, HEIGHT - 8, "出发后的天数 · days after departure"))
    for place, (name, points) in enumerate(curves.items()):
        line = " ".join(f"{_x(day)},{_y(share)}" for day, share in points if day <= LAST_DAY)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[name]}" stroke-width="2.5"/>')
        y = HEIGHT - BOTTOM - 46 + 22 * place
        parts.append(_text(WIDTH - RIGHT - 8, y, LABELS[name], anchor="end", colour=COLOURS[name]))
    title = "已报到的比例 · share of those who have checked in"
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{title}" font-family="sans-serif">{body}{_text(WIDTH / 2, 20, title)}</svg>\n'
    )
