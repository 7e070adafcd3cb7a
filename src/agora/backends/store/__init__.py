"""The memory of a mesh: nouns and ledger in one SQL database."""
