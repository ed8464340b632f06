"""The hub: takes rows in, keeps shared sessions, decides, audits, and serves every viewer."""
