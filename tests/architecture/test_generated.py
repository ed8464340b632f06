"""What is generated from the protocol package is what is committed."""

from pathlib import Path

import pytest

from web.tools import gen

FILES = gen.files()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_generated_file_is_as_the_protocol_says(path: Path) -> None:
    committed = (gen.ROOT / path).read_text(encoding="utf-8")

    assert committed == FILES[path], "run `make gen` and commit the result"


def test_a_field_with_a_default_is_optional_in_typescript_because_the_wire_omits_it() -> None:
    text = FILES[Path("web/src/protocol/frames.ts")]

    assert "export interface SharedView {\n  query?: string;" in text
    assert '  t: "watch";\n  id: string;\n  query?: string;\n  kind?: "log" | "met";' in text
    assert "  from?: string | Place;" in text
