"""What a person typed after `:` or as chat, read into one thing to do."""

from dataclasses import dataclass

from debugterm_protocol import limits
from debugterm_protocol.sessions import Chat, Command, Drive, Filter, Title


class NotACommand(ValueError):
    """The text is no command; the message says which ones there are."""


@dataclass(frozen=True, slots=True)
class Local:
    """Something this client does by itself: `live`, `help` or `quit`."""

    action: str


NAMES = ("filter", "drive", "say", "title", "live", "help", "quit")


def read(text: str) -> Command | Local:
    """A command line without its colon. Raises NotACommand."""
    name, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    match name:
        case "filter":
            return Filter(rest)
        case "drive" if rest in ("", "on", "off"):
            return Drive(take=rest != "off")
        case "say" | "chat":
            return said(rest)
        case "title" if rest:
            return Title(_bounded(rest, limits.TITLE_CHARS, "a title"))
        case "live" | "help" | "quit" | "q":
            return Local("quit" if name == "q" else name)
        case "drive":
            raise NotACommand(":drive takes the wheel, :drive off lets go of it")
        case "title":
            raise NotACommand(":title needs a text")
        case _:
            raise NotACommand(f"no command :{name}; there are {', '.join(':' + each for each in NAMES)}")


def said(text: str) -> Chat:
    """A chat line. Raises NotACommand when it is empty or too long."""
    if not text.strip():
        raise NotACommand("nothing to say")
    return Chat(_bounded(text.strip(), limits.CHAT_CHARS, "a chat line"))


def _bounded(text: str, most: int, what: str) -> str:
    if len(text) > most:
        raise NotACommand(f"{what} has at most {most} characters; this one has {len(text)}")
    return text
