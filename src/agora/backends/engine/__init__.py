"""Engines: what executes SQL."""
