"""What everything stands on: the settings, the database, the clock, the files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from bot.config import Config
from bot.ports import FileShelf
from bot.privacy import remove_files, shelf_of
from bot.storage.database import Database, open_engine, read_url
from bot.storage.migrate import migrate_up
from bot.website import Hub, SiteChats
from core.clock import SystemClock


@dataclass(slots=True)
class Ground:
    """What everything stands on."""

    config: Config
    engine: Engine
    database: Database
    clock: SystemClock
    shelf: FileShelf
    hub: Hub
    chats: SiteChats


def lay_ground(config: Config) -> Ground:
    """Open and migrate the database; raises InvalidInput or Conflict with the remedy."""
    engine = open_engine(read_url(config.database_url))
    migrate_up(engine)
    shelf = shelf_of(engine)
    remove_files(engine, shelf)
    database, clock = Database(engine), SystemClock()
    hub = Hub(database)
    return Ground(config, engine, database, clock, shelf, hub, SiteChats(database, clock, hub))
