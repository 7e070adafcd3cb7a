"""Pages for people in a browser; they work without JavaScript."""
