"""A small web shop that really runs, logs as services do, and gets into trouble on request.

Four services talk HTTP to each other on loopback: `web` takes orders, `checkout` runs them, `stock` reserves,
`pay` charges through a bank, which belongs to somebody else and therefore writes no log of ours.
"""
