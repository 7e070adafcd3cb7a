"""What comes into the mesh from other people's files: text in, drafts of contracts out."""
