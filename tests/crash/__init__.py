"""Crashes on purpose: runs killed at any moment, readers who must never notice."""
