"""The rooms: each waits, retries and holds queues for one purpose; no room imports another."""
