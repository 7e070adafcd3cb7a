"""What a source asks of a database: where it lies, what may be asked, and how far it was read."""
