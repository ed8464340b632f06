"""Colours and signs: sixteen colours, a letter for every level, and bars that an ASCII terminal can show."""

from dataclasses import dataclass

from debugterm_client.core.spark import ASCII_BARS, BARS

COLORS = {
    "bar": "bg:ansibrightblack fg:ansiwhite",
    "bar.name": "bg:ansibrightblack fg:ansiwhite bold",
    "bar.dim": "bg:ansibrightblack fg:ansigray",
    "bar.lost": "bg:ansibrightblack fg:ansibrightyellow bold",
    "state.live": "bg:ansigreen fg:ansiblack bold",
    "state.wait": "bg:ansiyellow fg:ansiblack bold",
    "state.bad": "bg:ansired fg:ansiwhite bold",
    "query": "bold",
    "query.private": "fg:ansiyellow",
    "dim": "fg:ansibrightblack",
    "time": "fg:ansibrightblack",
    "service": "fg:ansicyan",
    "level.e": "fg:ansired bold",
    "level.f": "fg:ansiwhite bg:ansired bold",
    "level.w": "fg:ansiyellow bold",
    "level.i": "fg:ansigreen",
    "level.d": "fg:ansibrightblack",
    "level.t": "fg:ansibrightblack",
    "text.e": "fg:ansibrightred",
    "text.f": "fg:ansibrightred bold",
    "text.w": "fg:ansiyellow",
    "text.d": "fg:ansibrightblack",
    "text.t": "fg:ansibrightblack",
    "attr": "fg:ansibrightblack",
    "flag": "fg:ansiyellow",
    "trace": "fg:ansimagenta",
    "cursor": "reverse",
    "pointer": "fg:ansicyan bold",
    "hit": "reverse",
    "gap": "fg:ansiyellow bold",
    "note": "fg:ansicyan",
    "gauge": "fg:ansicyan",
    "gauge.name": "fg:ansibrightblack",
    "error": "fg:ansired bold",
    "event": "fg:ansicyan",
    "rule": "fg:ansibrightblack",
    "hist.f": "fg:ansired bold underline",
    "hist.e": "fg:ansired bold underline",
    "hist.w": "fg:ansiyellow underline",
    "hist.i": "fg:ansicyan",
    "menu": "fg:ansicyan",
    "menu.chosen": "reverse",
    "count": "fg:ansigreen",
    "count.none": "fg:ansiyellow",
    "mark.new": "fg:ansired bold reverse",
    "mark.up": "fg:ansiyellow bold",
    "mark.gone": "fg:ansiblue bold",
    "person": "bold",
    "driver": "fg:ansimagenta bold",
    "key": "fg:ansicyan",
    "prompt": "bold",
    "title": "bold",
}
PLAIN = {
    "bar": "reverse",
    "bar.name": "reverse bold",
    "bar.dim": "reverse",
    "bar.lost": "reverse bold underline",
    "state.live": "reverse bold",
    "state.wait": "reverse bold underline",
    "state.bad": "reverse bold underline",
    "query": "bold",
    "level.e": "bold",
    "level.f": "bold reverse",
    "level.w": "bold",
    "cursor": "reverse",
    "pointer": "bold",
    "hit": "reverse",
    "gap": "bold",
    "error": "bold",
    "hist.f": "bold underline",
    "hist.e": "bold underline",
    "hist.w": "underline",
    "menu.chosen": "reverse",
    "mark.new": "bold reverse",
    "mark.up": "bold",
    "mark.gone": "bold",
    "person": "bold",
    "driver": "bold underline",
    "prompt": "bold",
    "title": "bold",
}
"""Without colour bold, reverse and underline stay."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters that an ASCII terminal has others for."""

    bars: str = BARS
    rule: str = "─"
    side: str = "│"
    ellipsis: str = "…"
    full: str = "█"
    unknown: str = "·"
    letters: bool = False
    """Whether a loud bar is the letter of its level: nothing else would tell it apart."""


ASCII = Signs(bars=ASCII_BARS, rule="-", side="|", ellipsis="~", full="#", unknown=":")
