"""Text to columns: cut with an ellipsis, pad, wrap at words; widths are terminal cells."""

from collections.abc import Iterator, Sequence

from prompt_toolkit.utils import get_cwidth

Fragment = tuple[str, str]
"""Style and text, as prompt-toolkit takes it."""


def width(text: str) -> int:
    """Cells that a safe text takes."""
    return len(text) if text.isascii() else get_cwidth(text)


def cut(text: str, most: int, *, ellipsis: str = "…") -> str:
    """The text in at most `most` cells; what is cut ends with an ellipsis."""
    if width(text) <= most:
        return text
    if most <= width(ellipsis):
        return ellipsis[: max(most, 0)]
    used, kept, room = 0, [], most - width(ellipsis)
    for char in text:
        used += get_cwidth(char)
        if used > room:
            break
        kept.append(char)
    return "".join(kept).rstrip() + ellipsis


def pad(text: str, cells: int) -> str:
    """The text cut or filled to exactly `cells` cells."""
    shown = cut(text, cells)
    return shown + " " * (cells - width(shown))


def length(fragments: Sequence[Fragment]) -> int:
    """Cells of a line of fragments."""
    return sum(width(text) for _, text in fragments)


def clip(fragments: Sequence[Fragment], most: int) -> list[Fragment]:
    """A line of fragments in at most `most` cells; the fragment that does not fit ends with an ellipsis."""
    if length(fragments) <= most:
        return list(fragments)
    line: list[Fragment] = []
    left = most
    for style, text in fragments:
        if width(text) >= left:
            line.append((style, cut(text + "  ", left)))
            break
        line.append((style, text))
        left -= width(text)
    return line


def spread(
    left: Sequence[Fragment], right: Sequence[Fragment], cells: int, *, fill: str = ""
) -> list[Fragment]:
    """Left and right end of a line; the left one gives way. The right one brings the blank before it."""
    shown = clip(left, max(cells - length(right), 0))
    return [*shown, (fill, " " * max(0, cells - length(shown) - length(right))), *right]


def wrap(text: str, cells: int) -> Iterator[str]:
    """The text in lines of at most `cells` cells, broken at blanks where there are any."""
    cells = max(cells, 1)
    while width(text) > cells:
        whole = _prefix(text, cells)
        at = text.rfind(" ", cells // 2, whole + 1)
        end = at if at > 0 else whole
        yield text[:end]
        text = text[end:].lstrip(" ") if at > 0 else text[end:]
    yield text


def _prefix(text: str, cells: int) -> int:
    used = 0
    for index, char in enumerate(text):
        used += get_cwidth(char)
        if used > cells:
            return max(index, 1)
    return len(text)
