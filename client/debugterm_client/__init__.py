"""The terminal client and the shipper."""
