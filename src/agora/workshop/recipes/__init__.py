"""Recipes: cleaning without SQL, every instruction one SELECT."""
