"""How pages look: templates, words, moments and static files."""
