"""A request that will not be done, as an exception with the words for the person who asked."""

from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem


class Refusal(Exception):
    """Carries the `problem` that an `err` frame or an HTTP body shows."""

    def __init__(
        self,
        code: Code,
        why: str,
        *,
        fix: str = "",
        who: str = "",
        retry_ms: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(why)
        self.code = code
        self.problem = Problem(code=code, why=why, fix=fix, who=who, retry_ms=retry_ms, column=column)


class Unauthenticated(Refusal):
    """Nobody we know. The words are the same for every cause, so that they tell a guesser nothing."""

    def __init__(self) -> None:
        super().__init__(
            Code.UNAUTHENTICATED,
            "these credentials are not valid here",
            fix="log in again: debugterm login URL --user NAME",
        )


class UnknownKey(Refusal):
    """No ingest key of ours, for whatever cause; whoever set up the sender needs a key, not a login."""

    def __init__(self) -> None:
        super().__init__(
            Code.UNAUTHENTICATED,
            "this ingest key is not valid here",
            fix="make a key: debugterm-server keys add --env ENV --name NAME",
        )
