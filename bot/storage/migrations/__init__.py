"""Alembic revisions, numbered in order; made by `python -m bot.storage.migrations.make`."""
