"""Recognises queries pasted from another tool, to answer with what they are called here."""

from debugterm_protocol.query.foreign.recognise import refuse_foreign

__all__ = ["refuse_foreign"]
