"""Valuations that are kept, and what the cars really sold for: a database, written to behind the requests."""
