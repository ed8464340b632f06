"""What went wrong, as one line on stderr and an exit status: no user ever sees a traceback."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn

import click
from debugterm_protocol.exits import Exit

from debugterm_client.config import BadConfig, Config
from debugterm_client.core.refusals import refusal
from debugterm_client.core.sanitize import safe


def fail(message: str, code: Exit) -> NoReturn:
    """Say one line on stderr and leave."""
    click.echo(f"debugterm: {safe(message)}", err=True)
    sys.exit(code)


def run(coro: Coroutine[Any, Any, Exit]) -> NoReturn:
    """Run a command to its end and leave with its exit status."""
    from debugterm_client.net.http import LoginNeeded, Refused, Unreachable

    try:
        sys.exit(asyncio.run(coro))
    except BadConfig as error:
        fail(str(error), Exit.USAGE)
    except Refused as error:
        fail(refusal(error.problem), error.exit)
    except LoginNeeded as error:
        fail(str(error), Exit.LOGIN_NEEDED)
    except Unreachable as error:
        fail(f"no hub answers: {error}", Exit.CONNECTION_LOST)
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {(error.strerror or str(error)).lower()}", Exit.FAILED)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last guard: a user gets one line, never a traceback
        fail(f"internal error, please report it: {type(error).__name__}: {error}", Exit.FAILED)


def config() -> Config:
    """The configuration of who runs this."""
    return Config.of_user()
