"""Ingest: lines of a sender become stored rows, durable before they are acknowledged."""

from debugterm_server.rooms.ingest.pipeline import Answer, Intake, Pipeline

__all__ = ["Answer", "Intake", "Pipeline"]
