"""The built files of the browser client; `make web` fills `static/`."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
"""Folder of the built files; absent until `make web` ran."""
