"""Everything that touches the database: engine and writer, tables, and one store per kind of thing."""

# every table is known wherever one is
import bot.storage.announcements.tables
import bot.storage.console.tables
import bot.storage.desk.tables
import bot.storage.knowledge.tables
import bot.storage.live.tables
import bot.storage.service.tables
import bot.storage.surveys.tables
import bot.storage.website.tables  # noqa: F401
