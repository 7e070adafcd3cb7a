"""Sources: where raw rows come from, one kind a file."""
