"""Small learned functions: how they are computed and kept, not how they are fitted."""
