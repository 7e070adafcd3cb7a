"""What several verbs share about telling: notices made once, kept for each person, and sent out."""
