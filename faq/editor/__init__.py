"""The life of an entry: written, published, taught new wordings, archived, and taken back to how it was."""
