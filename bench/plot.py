"""A curve as a picture: SVG written by hand, since a figure needs no library."""

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 360, 60, 40, 50
COLOURS = ("#1f2937", "#2563eb", "#b45309")


def curve(title: str, xs: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """Lines over a logarithmic x axis, each named where it ends; the y axis begins at nothing."""
    most = _round_up(max(value for line in lines.values() for value in line))
    low, high = math.log10(min(xs)), math.log10(max(xs))

    def place(x: float, y: float) -> str:
        across = (math.log10(x) - low) / ((high - low) or 1)
        return (
            f"{LEFT + across * (WIDTH - 2 * LEFT - 60):.1f},{HEIGHT - BOTTOM - y / most * (HEIGHT - BOTTOM - TOP):.1f}"
        )

    parts = [f'<text x="{LEFT}" y="28" font-size="16">{title}</text>']
    for step in range(5):
        y = most * step / 4
        left, right = place(min(xs), y), place(max(xs), y)
        parts.append(f'<polyline points="{left} {right}" stroke="#d1d5db" fill="none"/>')
        parts.append(_text(left, f"{y:g}", dx=-8, dy=4, anchor="end"))
    parts += [_text(place(x, 0), f"{x:,}", dx=0, dy=20, anchor="middle") for x in xs]
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        points = " ".join(place(x, y) for x, y in zip(xs, line, strict=True))
        parts.append(f'<polyline points="{points}" stroke="{colour}" stroke-width="2" fill="none"/>')
        parts.append(_text(points.rsplit(" ", 1)[-1], name, dx=8, dy=4, colour=colour))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _text(place: str, text: str, *, dx: float, dy: float, anchor: str = "start", colour: str = "#374151") -> str:
    x, y = (float(part) for part in place.split(","))
    return f'<text x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def _round_up(value: float) -> float:
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 2, 4, 6, 8, 10) if unit * step >= value)
