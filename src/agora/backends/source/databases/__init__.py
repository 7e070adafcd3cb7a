"""Databases a source can read, one a file: what their types mean, and rows in batches."""
