"""The verbs: what people can do with a mesh, one file each."""
