"""New identifiers: time-ordered ULIDs behind a letter that says what they name (`s_`, `h_`, `k_`, `c_`)."""

from ulid import ULID


def new(prefix: str) -> str:
    """A new id, unique without coordination, sorted by birth: `new("s")` -> `s_01k…` (lower case)."""
    return f"{prefix}_{str(ULID()).lower()}"
