"""What a hub refused, in one line: why, what to do, who can help."""

from debugterm_protocol.errors import KINDS, Code
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Problem


def refusal(problem: Problem) -> str:
    """The problem as one line."""
    parts = [problem.why]
    if problem.column is not None and "column" not in problem.why:
        parts[0] += f" (column {problem.column})"
    if problem.fix:
        parts.append(problem.fix)
    if problem.who:
        parts.append(f"ask {problem.who}")
    return "; ".join(parts)


def exit_of(problem: Problem) -> Exit:
    """The exit status for a problem; a code from a newer hub is a plain failure."""
    return KINDS[Code(problem.code)].exit if problem.code in Code.__members__ else Exit.FAILED
