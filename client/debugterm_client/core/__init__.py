"""What the client decides on paper: resume, dedup, scrolling, sanitising, keys. No loop, clock or terminal."""
