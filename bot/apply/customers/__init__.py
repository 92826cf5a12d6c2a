"""What concerns customers beyond one conversation: their addresses, and what they say in public."""
