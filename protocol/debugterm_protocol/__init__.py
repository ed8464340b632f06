"""Words that the hub and its clients must agree on: frames, codes, roles, limits, queries, rows.

Everything here is pure: no loop, clock, chance, environment, socket or log. The TypeScript types and
the JSON schema of the browser client are generated from this package (`make gen`).
"""

VERSION = "0.1.0"
SUBPROTOCOL = "debugterm.v1"
