"""What meets the need for an index of the market."""
