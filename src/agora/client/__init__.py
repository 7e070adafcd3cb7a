"""A program's own face of a mesh elsewhere: the API as Python objects, for scripts and notebooks."""
