"""The texts people write and the nouns they mean: text in, text out, never a file."""
