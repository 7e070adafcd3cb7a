"""Pillar 2: promises and how they are counted. Pure: nouns in, SQL text and judgements out."""
