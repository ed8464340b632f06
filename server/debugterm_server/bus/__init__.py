"""Redis: streams, compare-and-set, presence; starts the bundled Valkey when no URL is set."""
