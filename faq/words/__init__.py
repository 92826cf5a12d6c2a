"""Letters and words: how people type, and what of it matters."""
