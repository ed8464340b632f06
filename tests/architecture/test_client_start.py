"""`debugterm --help` is quick because it imports next to nothing; this pins what it may import."""

import subprocess
import sys

SLOW = {
    "aiohttp",
    "prompt_toolkit",
    "rich",
    "asyncio",
    "msgspec",
    "platformdirs",
    "psutil",
    "ulid",
    "debugterm_server",
}


def imported(*argv: str) -> set[str]:
    code = (
        "import sys\nfrom debugterm_client.cli import main\n"
        f"try:\n    main({list(argv)!r}, prog_name='debugterm')\nexcept SystemExit:\n    pass\n"
        "print('\\nMODULES', *{name.partition('.')[0] for name in sys.modules})"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return set(out.rpartition("MODULES ")[2].split())


def test_help_imports_nothing_slow() -> None:
    assert imported("--help") & SLOW == set()


def test_the_help_of_a_command_opens_no_socket_library_and_no_screen() -> None:
    assert imported("tail", "--help") & {"aiohttp", "prompt_toolkit", "rich"} == set()
