"""The FAQ from the operators' group: what a command is about, and what it changes."""
