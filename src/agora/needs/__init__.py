"""What we ask of the world, as protocols; the rooms that answer are the backends."""
