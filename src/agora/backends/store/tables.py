"""The tables of the store: nouns with every revision, the ledger, and its sealed batches."""

import sqlalchemy as sa

metadata = sa.MetaData()
_KEY = sa.String(512).with_variant(sa.String(512, collation="C"), "postgresql")
"""Keys have one order on every database, whatever language a server was set up for."""

nouns = sa.Table(
    "nouns",
    metadata,
    sa.Column("kind", sa.String(64), primary_key=True),
    sa.Column("key", _KEY, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("newest", sa.Boolean, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("nouns_newest", "kind", "key", "newest"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
