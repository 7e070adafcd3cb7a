"""The nouns of a data mesh: what there is, before anything happens to it."""
