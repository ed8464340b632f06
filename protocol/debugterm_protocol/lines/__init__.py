"""Log lines of all formats to one shape: what shipper and hub agree that a line says (`docs/reference/formats.md`)."""

from debugterm_protocol.lines.line import Line
from debugterm_protocol.lines.recognise import recognise

__all__ = ["Line", "recognise"]
