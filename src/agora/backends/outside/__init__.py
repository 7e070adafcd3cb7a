"""Tables of other tools, governed where they lie, one kind a file."""
