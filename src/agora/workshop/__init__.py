"""Pillar 3: the toolbox. Pure thinking about how products are made."""
