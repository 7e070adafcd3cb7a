"""Lineage: what every column came from, what comes of it, and who relies on it."""
