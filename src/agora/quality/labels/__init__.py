"""Labels: what the rows of a port tell those who might use it, counted once for each edition."""
