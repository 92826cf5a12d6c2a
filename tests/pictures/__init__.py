"""A small shop at work, and the pictures of it that the pages show."""
