"""Everything that touches the database: engine and writer, tables, and one store per kind of thing."""

import bot.storage.surveys.tables  # noqa: F401  (every table is known wherever one is)
