"""Pillar 4: the city's laws. Pure judgements on nouns: no files, no clock, no engine."""
