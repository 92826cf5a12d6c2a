"""Use cases of the FAQ over the database: editing with history, learning from use, gaps, encoders, building."""
