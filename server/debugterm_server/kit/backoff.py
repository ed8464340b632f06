"""How long to wait before trying again: full jitter, so that many who failed together come back apart."""

import random
from collections.abc import Iterator


def full_jitter(*, first: float = 0.25, most: float = 10.0) -> Iterator[float]:
    """Endless waits in seconds, each uniform between 0 and a ceiling that doubles up to `most`.

    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = first
    while True:
        yield random.uniform(0, ceiling)
        ceiling = min(most, ceiling * 2)
