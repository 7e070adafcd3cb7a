"""The parts of a run, in the order they happen: landing, building, checking, releasing."""
