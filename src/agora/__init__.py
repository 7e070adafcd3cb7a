"""Agora: a data mesh in one install; the approval is the access."""

__version__ = "0.1.0"
