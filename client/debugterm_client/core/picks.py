"""What is selected in the facets and in the patterns; kept by name, because their order changes every second."""

import re
from dataclasses import dataclass

import msgspec
from debugterm_protocol.query.syntax import Has, Term
from debugterm_protocol.views import Cell, Facet, Facets, FacetValue, Pattern, Patterns

from debugterm_client.core.narrow import value_term

VARYING = re.compile(r"<(?:\*|\.\.\.|time|uuid|ip|hex|id|num)>")
"""What stands in a template where its rows differ: anything, the rest of a long row, or something of a known form."""
VALUES = 8
"""Values of one field on screen: a field of durations has as many as there are rows."""


def shown(facets: Facets | None) -> list[Facet]:
    """What the pane shows: fields that some matching row has, each with its most frequent values."""
    found = [facet for facet in facets.fields if facet.values] if facets else []
    return [
        msgspec.structs.replace(
            facet,
            values=facet.values[:VALUES],
            other=facet.other + sum(each.n for each in facet.values[VALUES:]),
        )
        for facet in found
    ]


def values_of(facets: Facets | None) -> list[tuple[str, FacetValue]]:
    """Every value with its field, in the order of the pane."""
    return [(facet.field, value) for facet in shown(facets) for value in facet.values]


def pattern_term(pattern: Pattern) -> Term | None:
    """The rows of a template: their message has its fixed parts in this order."""
    parts = tuple(part.strip().lower() for part in VARYING.split(pattern.text) if part.strip())
    return Has(parts) if parts else None


@dataclass(slots=True)
class Picks:
    """The selected facet value and the selected pattern; the first ones until a key moved."""

    facet: tuple[str, Cell] | None = None
    pattern: str = ""

    def facet_at(self, facets: Facets | None) -> int:
        """Which of `values_of` is selected; the first when the one that was is gone."""
        keys = [(name, value.value) for name, value in values_of(facets)]
        return keys.index(self.facet) if self.facet in keys else 0

    def pattern_at(self, patterns: Patterns | None) -> int:
        """Which of the patterns is selected."""
        keys = [each.id for each in patterns.items] if patterns else []
        return keys.index(self.pattern) if self.pattern in keys else 0

    def move_facet(self, by: int, facets: Facets | None) -> None:
        """Select another value."""
        if values := values_of(facets):
            name, value = values[max(0, min(self.facet_at(facets) + by, len(values) - 1))]
            self.facet = (name, value.value)

    def move_pattern(self, by: int, patterns: Patterns | None) -> None:
        """Select another pattern."""
        if patterns and patterns.items:
            at = max(0, min(self.pattern_at(patterns) + by, len(patterns.items) - 1))
            self.pattern = patterns.items[at].id

    def facet_term(self, facets: Facets | None) -> Term | None:
        """The rows that have the selected value; None when there is none."""
        values = values_of(facets)
        if not values:
            return None
        name, value = values[self.facet_at(facets)]
        return value_term(name, value.value)

    def pattern_term(self, patterns: Patterns | None) -> Term | None:
        """The rows of the selected pattern; None when there is none."""
        if not patterns or not patterns.items:
            return None
        return pattern_term(patterns.items[self.pattern_at(patterns)])
