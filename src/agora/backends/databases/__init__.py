"""Databases that are read, one a file: what their types mean, and rows in batches of one transaction."""
