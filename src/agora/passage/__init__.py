"""The one way rows reach a reader: decide, shield, execute, record. Nothing else reads for somebody."""
