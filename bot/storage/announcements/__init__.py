"""News of the company to its customers: what is announced, to whom, and who was told."""
