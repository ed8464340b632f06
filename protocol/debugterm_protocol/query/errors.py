"""What is wrong with the text of a query, where, and what to type instead."""


class BadQuery(ValueError):
    """The text is not a query; `column` counts characters from 1, `hint` is what to do (may be empty)."""

    def __init__(self, why: str, column: int, hint: str = "") -> None:
        self.why = why
        self.column = column
        self.hint = hint
        super().__init__(f"{why}, column {column}" + (f"; {hint}" if hint else ""))
