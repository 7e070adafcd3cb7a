"""The demo: a mesh of five domains on The Complete Journey, made by the same verbs people use."""
