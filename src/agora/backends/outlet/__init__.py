"""Outlets: one file for each form in which rows can leave."""
