"""Numbers as people say them: one row, 2 rows."""


def counted(n: int, noun: str) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
