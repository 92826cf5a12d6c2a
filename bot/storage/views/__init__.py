"""Read-only queries for pages; nothing here writes."""
