"""The front door: the only floor that knows HTTP and WebSocket."""
