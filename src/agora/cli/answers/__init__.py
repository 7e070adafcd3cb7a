"""Answers as people at a terminal read them; commands ask, this room shows."""
