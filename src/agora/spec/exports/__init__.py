"""What leaves the mesh in the words of other people's standards: nouns in, documents out."""
