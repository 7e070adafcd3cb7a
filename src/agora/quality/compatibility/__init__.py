"""Compatibility: what a changed contract means for those who rely on it as it was."""
