"""Writes the reference page of the frames from the JSON schema of the protocol: each with its purpose and fields."""

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]

HEAD = """<!-- Generated from debugterm_protocol by `make gen`; do not edit. -->
# The WebSocket protocol `debugterm.v1`

`GET /ws` with the subprotocol `debugterm.v1`, then one JSON object a message, told apart by `t`. The first frame is `hello`, within
10 seconds. A token in the address is refused. Unknown frames and unknown fields are refused with `BAD_FRAME`; after a few of them the
hub closes with 4500. Codes, close codes and limits: [codes.md](codes.md). As JSON schema: [protocol.schema.json](protocol.schema.json).

Below that is RFC 6455 without extensions, and every end that the hub chooses is told in a `bye` before the close. A frame that the RFC
forbids (not masked, reserved bits or opcodes, parts out of order, a close code that must not be sent) gets `bye` 4500 and the close code
1002; bad UTF-8 1007; a message of more than 64 KiB 1009. Any frame is a sign of life; after 30 to 40 s of silence: 4004.

The order of a usual connection:

```
client                                  hub
hello                              ->
                                   <-   welcome
watch {query, from}                ->
                                   <-   ok {ch}
                                   <-   rows ... (the past that was asked for), caught
                                   <-   rows ... (live), rate once a second, ping every 20 s
ack {ch, o}                        ->   frees the window; the hub keeps no place for anybody
join {session}                     ->
                                   <-   joined (snapshot, or the missed events follow)
cmd {ch, p}                        ->
                                   <-   ok {seq, rev}   and to everybody:  ev {ch, o, p, seq}
```

A row's id is `<ms>-<seq>-<index>`: the stream entry and the place in it. A client that comes back sends `watch` with
`from: {epoch, offset}` of its last row and gets what it missed, in order, once; `gap` stands where rows are missing,
`reset` says that the epoch is another one and old offsets mean nothing.

Fields with `?` may be absent.
"""

TITLES = {
    "Client to hub": "client",
    "Hub to client": "server",
}


def page(document: Schema, written: Callable[[Schema], str]) -> str:
    """The whole page, Markdown; `written` spells a schema as a type."""
    parts = document["$defs"]
    blocks, seen = [HEAD], set()
    for title, side in TITLES.items():
        blocks.append(f"## {title}\n")
        for name in _members(document["properties"][side]):
            seen.add(name)
            blocks.append(_block(f"`{_tag(parts[name])}`", parts[name], written))
    for title, wanted in (("Commands: `p` of `cmd`", "name"), ("Events: `p` of `ev`", "k")):
        blocks.append(f"## {title}\n")
        for name, part in parts.items():
            if wanted in part.get("properties", {}) and "enum" in part["properties"][wanted]:
                seen.add(name)
                blocks.append(_block(f"`{part['properties'][wanted]['enum'][0]}`", part, written))
    blocks.append("## Parts\n")
    blocks += [_block(name, part, written) for name, part in parts.items() if name not in seen]
    return "\n".join(blocks)


def _members(union: Schema) -> list[str]:
    return [each["$ref"].rpartition("/")[2] for each in union["anyOf"]]


def _tag(part: Schema) -> str:
    tag: str = part["properties"]["t"]["enum"][0]
    return tag


def _block(title: str, part: Schema, written: Callable[[Schema], str]) -> str:
    text = part.get("description", "")
    required = part.get("required", [])
    fields = [
        f"  {key}{'' if key in required else '?'}: {written(kind)}"
        for key, kind in part.get("properties", {}).items()
    ]
    body = "{\n" + "\n".join(fields) + "\n}" if fields else written(part)
    return f"### {title}\n\n{text}\n\n```ts\n{body}\n```\n"
