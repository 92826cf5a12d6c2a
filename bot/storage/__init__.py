"""Everything that touches the database: engine and writer, tables, and one store per kind of thing."""

from bot.storage.knowledge import tables as _tables  # so that no user of `metadata` misses them

__all__ = ["_tables"]
