"""What the client draws: the full screen, plain lines, and the pieces of a row."""
