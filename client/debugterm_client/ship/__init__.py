"""The shipper: reads files, pipes, the journal and host metrics, and sends every row to the hub exactly once."""
