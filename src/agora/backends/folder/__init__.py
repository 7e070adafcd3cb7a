"""Folders: where the texts of a mesh lie."""
