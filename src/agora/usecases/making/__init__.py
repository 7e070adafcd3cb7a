"""The parts of making a product on a page: may one, what would it be, and its files in one's name."""
