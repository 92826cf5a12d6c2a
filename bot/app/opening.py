"""Opens a channel for each platform that has its settings, and the customers' pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from bot.app.ground import Ground
from bot.app.system import App
from bot.apply.work import DeskPlace
from bot.config import Config
from bot.ports import DeskTopics, FileShelf, StoredNotebook
from bot.website import Manner, Website
from channels import registry
from core.channel import Channel
from core.text import Text, render


def open_channels(config: Config, ground: Ground | None = None) -> list[Channel]:
    """A channel for each platform that has its settings; without `ground` good for `check` only."""
    channels: list[Channel] = []
    shelf = ground.shelf if ground is not None else FileShelf(Path("var/files"))
    if config.telegram_token is not None:
        channels += _open_telegram(config, ground, shelf)
    if config.vk_token is not None:
        module = registry.module("vk")
        settings = module.Settings(
            token=config.vk_token.get_secret_value(),
            group_id=config.vk_group_id,
            api_url=config.vk_api_url,
            mode=config.vk_mode,
            secret=config.vk_secret.get_secret_value() if config.vk_secret else "",
            confirmation=config.vk_confirmation or "",
            public_url=config.public_url,
        )
        channels.append(module.open_channel(settings, files=shelf))
    channels.append(_open_website(config, ground, shelf))
    return channels


def _open_website(config: Config, ground: Ground | None, shelf: FileShelf) -> Channel:
    """Needs no settings: without a site it works on our own page."""
    module: Any = registry.module("website")
    settings = module.Settings(guest=render(Text("chat.guest"), config.language), public_url=config.public_url)
    return cast(Channel, module.open_channel(settings, files=shelf, chats=ground.chats if ground is not None else None))


def open_website(config: Config, ground: Ground, channels: list[Channel], app: App) -> Website:
    """The customers' pages over a running App."""
    channel: Any = next(channel for channel in channels if channel.name == "website")
    ground.chats.serve(app.inbox)
    return Website(
        channel,
        ground.chats,
        ground.hub,
        ground.database,
        app.library,
        ground.shelf,
        ground.clock,
        config.language,
        config.public_url,
        manner=Manner(lambda: app.board.wording, lambda: app.board.settings),
    )


def _open_telegram(config: Config, ground: Ground | None, shelf: FileShelf) -> list[Channel]:
    module: Any = registry.module("telegram")
    assert config.telegram_token is not None
    further = tuple(sorted({*(config.telegram_desk_chats or {}).values()} - {config.telegram_desk_chat}))
    settings = module.Settings(
        token=config.telegram_token.get_secret_value(),
        api_url=config.telegram_api_url,
        mode=config.telegram_mode,
        secret=config.telegram_secret.get_secret_value() if config.telegram_secret else None,
        public_url=config.public_url,
        desk_chat=config.telegram_desk_chat,
        further_chats=further,
    )
    if ground is None or config.telegram_desk_chat is None:
        notebook = StoredNotebook(ground.database) if ground is not None else None
        return [module.open_channel(settings, files=shelf, notebook=notebook)]
    topics, *others = (
        DeskTopics(ground.database, ground.clock, str(chat)) for chat in (config.telegram_desk_chat, *further)
    )
    return list(
        module.open_channels(
            settings,
            files=shelf,
            topics=topics,
            further=dict(zip(map(str, further), others, strict=True)),
            notebook=StoredNotebook(ground.database),
        )
    )


def desk_of(config: Config, channels: list[Channel]) -> DeskPlace | None:
    """The Telegram desk; also for a process that serves no Telegram itself, such as `otklik chat`."""
    if config.telegram_desk_chat is None or config.telegram_token is None:
        return None
    account = config.telegram_token.get_secret_value().partition(":")[0]
    by_level = {level: str(chat) for level, chat in (config.telegram_desk_chats or {}).items()}
    return DeskPlace("telegram_desk", account, str(config.telegram_desk_chat), by_level)
