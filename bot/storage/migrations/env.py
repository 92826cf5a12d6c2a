"""Run by Alembic: takes the connection that bot.storage.migrate opened and locked."""

from alembic import context

from bot.storage.migrations.rendering import render_item
from bot.storage.tables import complete_indexes, metadata

complete_indexes()

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=context.config.attributes.get("is_batch", False),
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
