"""What the client says to a hub: one socket with reconnect and resume, and the HTTP doors."""
