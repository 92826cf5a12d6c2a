"""Everything that touches the database: engine and writer, tables, and one store per kind of thing."""

import bot.storage.website.tables  # noqa: F401 - so that the metadata is whole, whoever asks for it
