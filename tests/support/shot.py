"""A picture of a terminal: the screen of pyte as SVG, for the README and for eyes."""

import re
from html import escape
from itertools import groupby

import pyte
from pyte.screens import Char

CELL, LINE, SIZE, BASE = 8.4, 18, 14, 13
PALETTE = {
    "black": "#1c2128",
    "red": "#ff7b72",
    "green": "#7ee787",
    "brown": "#e3b341",
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#56d4dd",
    "white": "#c9d1d9",
    "brightblack": "#6e7681",
    "brightred": "#ffa198",
    "brightgreen": "#56d364",
    "brightbrown": "#f2cc60",
    "brightyellow": "#f2cc60",
    "brightblue": "#a5d6ff",
    "brightmagenta": "#e2c5ff",
    "brightcyan": "#b3f0ff",
    "brightwhite": "#f0f6fc",
}
INK, PAPER = "#c9d1d9", "#0d1117"


def _color(name: str, default: str) -> str:
    if name == "default":
        return default
    return PALETTE.get(name) or (f"#{name}" if len(name) == 6 else default)


def _look(char: Char) -> tuple[str, str, bool, bool]:
    ink, paper = _color(char.fg, INK), _color(char.bg, PAPER)
    if char.bg == "brightblack":
        paper = "#30363d"
    return (
        (paper, ink, char.bold, char.underscore) if char.reverse else (ink, paper, char.bold, char.underscore)
    )


def svg(screen: pyte.Screen, *, title: str = "debugterm") -> str:
    """The screen as an SVG document."""
    width, height = screen.columns * CELL + 20, screen.lines * LINE + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>',
        f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE}" xml:space="preserve">',
    ]
    for y in range(screen.lines):
        cells = [(x, screen.buffer[y][x]) for x in range(screen.columns)]
        for look, run in groupby(cells, key=lambda cell: _look(cell[1])):
            parts += _run(look, list(run), y)
    return "\n".join([*parts, "</g></svg>"])


def _run(look: tuple[str, str, bool, bool], run: list[tuple[int, Char]], y: int) -> list[str]:
    ink, paper, bold, underline = look
    left, top, cells = 10 + run[0][0] * CELL, 10 + y * LINE, len(run)
    text = "".join(char.data for _, char in run)
    parts = []
    if paper != PAPER:
        parts.append(
            f'<rect x="{left:.1f}" y="{top}" width="{cells * CELL:.1f}" height="{LINE}" fill="{paper}"/>'
        )
    style = ' font-weight="bold"' if bold else ""
    style += ' text-decoration="underline"' if underline else ""
    # One element a word: SVG viewers join blanks, and the columns would dance.
    for word in re.finditer(r"\S+", text):
        x, length = left + word.start() * CELL, len(word[0]) * CELL
        parts.append(
            f'<text x="{x:.1f}" y="{top + BASE}" fill="{ink}"{style} textLength="{length:.1f}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(word[0])}</text>'
        )
    return parts


def film(pictures: list[tuple[str, float]], *, title: str = "debugterm") -> str:
    """Pictures with the seconds each is shown, as one SVG that plays them again and again."""
    whole = sum(seconds for _, seconds in pictures)
    size = re.search(r'width="(\d+)" height="(\d+)"', pictures[0][0])
    assert size is not None
    frames, rules, at = [], [], 0.0
    for number, (picture, seconds) in enumerate(pictures):
        start, end = 100 * at / whole, 100 * (at + seconds) / whole
        rules.append(
            f"@keyframes f{number}{{0%{{visibility:hidden}}{start:.2f}%{{visibility:visible}}"
            f"{end:.2f}%{{visibility:hidden}}100%{{visibility:hidden}}}}"
            f".f{number}{{visibility:hidden;animation:f{number} {whole}s step-end infinite}}"
        )
        frames.append(f'<g class="f{number}">{picture}</g>')
        at += seconds
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[1]}" height="{size[2]}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{''.join(rules)}</style>",
            *frames,
            "</svg>",
        ]
    )
