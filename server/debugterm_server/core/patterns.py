"""Learns log templates from messages as they come, in the manner of Drain: bounded, and the same on every hub.

A message is masked (see `masking`), and its template is looked for among those of the same level, number of words and
first word. One that fits is taken; one that differs in a few values (paths, names with signs in them, `key=value`)
becomes a template with `<*>` in those places. Plain words are more careful: `opened` and `closed` are two templates,
until SIBLINGS + 1 words were seen in one place.

Source: He, Zhu, Zheng, Lyu: Drain, an online log parsing approach with fixed depth tree (ICWS 2017). Ours has a tree of
fixed depth one behind the length, typed wildcards and the care for words; it keeps the least recently used bounded.
"""

import hashlib
from collections.abc import Sequence
from operator import eq

from debugterm_server.core.masking import WILD, Masks, shape

VERSION = 1
"""Part of every id: raised when masks or rules change, so that old and new ids never mean each other's templates."""
TEMPLATES = 2_000
"""Templates kept; beyond it the eighth that was not seen for longest is forgotten."""
SHAPES = 20_000
"""Messages (without their digits) whose template is remembered, per level; beyond it all are forgotten."""
FIRST_WORDS = 100
"""First words told apart for one length and level; what comes then shares one place."""
LEAF = 40
"""Templates of one length, level and first word; beyond it words are merged at once, or the oldest goes."""
SIBLINGS = 5
"""So many templates that differ in the same places only, and another one: the places vary."""

_SIGNS = b".,;:!?-_()[]{}'\"*"
_NAMED = b"=" + WILD


class Template:
    """One learnt template; `gone` when it was forgotten or became part of `into`."""

    __slots__ = (
        "_id",
        "born",
        "gone",
        "home",
        "into",
        "last",
        "level",
        "sample",
        "services",
        "steps",
        "tokens",
    )

    def __init__(self, level: str, tokens: list[bytes], row: int) -> None:
        self.level = level
        self.tokens = tokens
        self.home = _key(level, tokens)
        self.last = row
        self.gone = False
        self.into: Template | None = None
        self.steps: dict[int, int] = {}
        """Rows by step of time; who counts says how long one is."""
        self.services: dict[str, int] = {}
        self.sample = ""
        """Id of its newest row."""
        self.born: int | None = None
        """The first step it was counted in."""
        self._id = ""

    @property
    def text(self) -> str:
        """What it looks like: words and wildcards."""
        return b" ".join(self.tokens).decode("utf-8", "replace")

    @property
    def id(self) -> str:
        """`p:` and eight digits of its version, level and text: equal on every hub that learnt the same."""
        if not self._id:
            named = f"{VERSION}\n{self.level}\n{self.text}".encode()
            number = int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "big")
            self._id = f"p:{number % 10**8:08}"
        return self._id

    def widen(self, tokens: Sequence[bytes], places: Sequence[int]) -> None:
        """Let these places vary."""
        for place in places:
            self.tokens[place] = _either(self.tokens[place], tokens[place])
        self._id = ""


class Miner:
    """The templates of one stream. What a message gets depends on the messages before it and on nothing else."""

    def __init__(self, *, most: int = TEMPLATES) -> None:
        self._most = most
        self._masks = Masks()
        self._shapes: dict[str, dict[bytes, Template]] = {}
        self._leaves: dict[tuple[str, int, bytes], list[Template]] = {}
        self._first_words: dict[tuple[str, int], int] = {}
        self._n = 0
        self._row = 0

    def __len__(self) -> int:
        return self._n

    def templates(self) -> list[Template]:
        """All that are known."""
        return [template for leaf in self._leaves.values() for template in leaf]

    def learn(self, message: str, level: str) -> Template | None:
        """The template of one message; None for a message without words. A new one is not `born` yet."""
        key = shape(message)
        self._row += 1
        shapes = self._shapes.get(level)
        if shapes is None:
            shapes = self._shapes[level] = {}
        template = shapes.get(key)
        if template is None or template.gone:
            tokens = self._masks.tokens(key)
            if not tokens:
                return None
            template = self._place(level, tokens)
            if len(shapes) >= SHAPES:
                shapes.clear()
            shapes[key] = template
        template.last = self._row
        return template

    def _place(self, level: str, tokens: list[bytes]) -> Template:
        """Find the template of these tokens, widen one to it, or make one."""
        leaf = self._leaf(level, tokens)
        fit, near = _compare(leaf, tokens)
        if fit is not None:
            return fit
        if near:
            places, group = _alike(near, tokens, full=len(leaf) >= LEAF)
            if group:
                return self._widen(leaf, group, tokens, places)
        template = Template(level, tokens, self._row)
        if len(leaf) >= LEAF:
            self._forget(min(leaf, key=_last))
        self._leaves.setdefault(template.home, leaf).append(template)
        self._n += 1
        if self._n > self._most:
            for old in sorted(self.templates(), key=_last)[: self._most // 8 + 1]:
                self._forget(old)
        return template

    def _leaf(self, level: str, tokens: list[bytes]) -> list[Template]:
        """The place for these tokens; where there are too many first words, the first word is made a wildcard."""
        leaf = self._leaves.get(_key(level, tokens))
        if leaf is not None:
            return leaf
        room = (level, len(tokens))
        if self._first_words.get(room, 0) >= FIRST_WORDS:
            tokens[0] = WILD
            return self._leaves.get(_key(level, tokens), [])
        self._first_words[room] = self._first_words.get(room, 0) + 1
        leaf = self._leaves[_key(level, tokens)] = []
        return leaf

    def _widen(
        self, leaf: list[Template], group: list[Template], tokens: list[bytes], places: tuple[int, ...]
    ) -> Template:
        """Make one template of a group and of all that it then covers."""
        wide = group[0]
        wide.widen(tokens, places)
        for other in [each for each in leaf if each is not wide]:
            if not _differences(wide.tokens, other.tokens):
                _absorb(wide, other)
                self._drop(other, leaf)
        return wide

    def _forget(self, template: Template) -> None:
        self._drop(template, self._leaves[template.home])

    def _drop(self, template: Template, leaf: list[Template]) -> None:
        leaf.remove(template)
        template.gone = True
        self._n -= 1
        if not leaf:
            del self._leaves[template.home]
            level, length, first = template.home
            if first != WILD:
                self._first_words[level, length] -= 1


def _key(level: str, tokens: Sequence[bytes]) -> tuple[str, int, bytes]:
    """Where a template stands; a first word that varies by itself stands under what does not vary in it."""
    first = tokens[0]
    if b"=" in first:
        first = first[: first.index(b"=") + 1]
    elif first[:1] == b"/":
        first = b"/"
    return level, len(tokens), first


def _last(template: Template) -> int:
    return template.last


def _compare(
    leaf: list[Template], tokens: list[bytes]
) -> tuple[Template | None, list[tuple[Template, tuple[int, ...]]]]:
    """The template that fits with the fewest wildcards, and those of which at least half is the same, with where not."""
    fit, best = None, -1
    near = []
    for template in leaf:
        same = sum(map(eq, template.tokens, tokens))
        if same <= best and fit is not None:
            continue
        places = _differences(template.tokens, tokens)
        if not places:
            fit, best = template, same
        elif 2 * same >= len(tokens):
            near.append((template, places))
    return fit, near


def _differences(wide: Sequence[bytes], tokens: Sequence[bytes]) -> tuple[int, ...]:
    """The places in which the tokens are not what the template says."""
    return tuple(
        place
        for place, (token, other) in enumerate(zip(wide, tokens, strict=True))
        if token not in (other, WILD) and not (token.endswith(_NAMED) and other.startswith(token[:-3]))
    )


def _alike(
    near: list[tuple[Template, tuple[int, ...]]], tokens: list[bytes], *, full: bool
) -> tuple[tuple[int, ...], list[Template]]:
    """Which of the near templates are the same one but for places that vary, and these places."""
    groups: dict[tuple[int, ...], list[Template]] = {}
    for template, places in near:
        groups.setdefault(places, []).append(template)
    for places in sorted(groups, key=len):
        group = groups[places]
        words = any(_is_word(tokens[place]) and _is_word(group[0].tokens[place]) for place in places)
        if not words or full or len(group) >= SIBLINGS:
            return places, group
    return (), []


def _is_word(token: bytes) -> bool:
    return token.translate(None, _SIGNS).isalpha()


def _either(token: bytes, other: bytes) -> bytes:
    """What stands for both: the name of a `name=value` stays."""
    name, equals, _ = token.partition(b"=")
    return name + _NAMED if equals and other.startswith(name + equals) else WILD


def _absorb(wide: Template, other: Template) -> None:
    """Count what the other template counted as this one's."""
    other.into = wide
    for step, n in other.steps.items():
        wide.steps[step] = wide.steps.get(step, 0) + n
    for service, n in other.services.items():
        wide.services[service] = wide.services.get(service, 0) + n
    if other.born is not None:
        wide.born = other.born if wide.born is None else min(wide.born, other.born)
    if other.last > wide.last:
        wide.last, wide.sample = other.last, other.sample
