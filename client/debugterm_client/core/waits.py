"""When the next try is, in words."""


def next_try(seconds: float) -> str:
    """`next try in 3 s`; below a second nobody counts."""
    return f"next try in {seconds:.0f} s" if seconds >= 1 else "trying again"
