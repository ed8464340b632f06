"""Shared sessions: decide, record, compare-and-set, tell everybody; who is here; rebuild after a loss."""
