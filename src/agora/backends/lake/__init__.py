"""Lakes: where released rows lie."""
