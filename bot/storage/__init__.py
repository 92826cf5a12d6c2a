"""Everything that touches the database: engine and writer, tables, and one store per kind of thing."""
