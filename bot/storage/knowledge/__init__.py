"""What is kept beside the entries of the FAQ: their history, what was learned from use, and meaning vectors."""
