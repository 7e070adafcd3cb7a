"""Results: where rows of answers are kept for paging."""
