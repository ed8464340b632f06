"""How long to wait before connecting again: full jitter, so that many who fell together come back apart."""

import random
from collections.abc import Iterator

FIRST_SECONDS = 0.25
MOST_SECONDS = 10.0


def full_jitter(*, first: float = FIRST_SECONDS, most: float = MOST_SECONDS) -> Iterator[float]:
    """Endless waits in seconds, each uniform between 0 and a ceiling that doubles from `first` to `most`.

    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = first
    while True:
        yield random.uniform(0, ceiling)
        ceiling = min(most, ceiling * 2)
