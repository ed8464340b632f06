"""Decisions, pure: what may happen and what follows, as values; nothing here waits, reads a clock or logs."""
