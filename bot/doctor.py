"""The checks behind `otklik doctor`: each finding says how bad it is, what was seen, and the remedy."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.config import Config
from bot.knowledge.encoders import choose_encoder
from bot.logs import scrub
from bot.storage.database import open_engine, read_url
from bot.storage.migrate import known_versions, migrate_up
from bot.storage.upkeep import health
from bot.storage.website.sites import list_sites
from core.channel import Channel
from core.clock import Clock, SystemClock
from core.errors import OtklikError, Unavailable
from core.finding import Finding, recognise

log = logging.getLogger(__name__)

OK, WARNING, FATAL = "ok", "warning", "fatal"
_LATELY = timedelta(days=7)
_SKEW = timedelta(seconds=5)
_STUCK = timedelta(minutes=10)
_FREE_SPACE = 200 * 1024 * 1024  # bytes
_CHANNEL_TIME = 30.0  # seconds for the checks of one channel

OpenChannels = Callable[[Config], Sequence[Channel]]


async def examine(
    config: Config, unknown: Mapping[str, str], open_channels: OpenChannels, clock: Clock | None = None
) -> list[Finding]:
    """All findings; never raises. `unknown`: settings that mean nothing, each with the name likely meant."""
    findings = list(_of_settings(config, unknown))
    of_database = await asyncio.to_thread(_of_database, config, clock or SystemClock())
    findings += of_database
    findings += await asyncio.to_thread(_of_search, config)
    if not any(finding.level == FATAL for finding in of_database):  # channels may keep things in it
        findings += await _of_channels(config, open_channels)
    return findings


def _of_settings(config: Config, unknown: Mapping[str, str]) -> Iterator[Finding]:
    for name, meant in unknown.items():
        key = "settings_unknown_meant" if meant else "settings_unknown"
        yield Finding(WARNING, "settings", key, {"name": name, "meant": meant})
    if config.telegram_token is None and config.vk_token is None:
        yield Finding(WARNING, "settings", "settings_no_messenger")
    if config.telegram_desk_chat is not None and config.telegram_token is None:
        yield Finding(WARNING, "settings", "settings_desk_without_bot")
    if config.public_url is not None and config.public_url.startswith("http://"):
        yield Finding(WARNING, "settings", "settings_http")
    if not unknown:
        yield Finding(OK, "settings", "settings_fine")


# --- the database


def _of_database(config: Config, clock: Clock) -> list[Finding]:
    try:
        url = read_url(config.database_url)
        engine = open_engine(url)
    except (OtklikError, OSError) as error:
        return [Finding(FATAL, "database", "database_unreadable", {"why": error})]
    try:
        migrate_up(engine)
        backend = {"backend": url.get_backend_name(), "version": known_versions()[-1]}
        findings = [Finding(OK, "database", "database_fine", backend)]
        findings += _of_disk(url.database or "") if engine.dialect.name == "sqlite" else []
        with engine.connect() as connection:
            findings += _of_contents(connection, config, clock.now())
        return findings
    except OtklikError as error:
        return [Finding(FATAL, "database", "database_refused", {"why": error})]
    except DBAPIError as error:
        reason = scrub(str(error.orig).strip().split("\n")[0])
        return [Finding(FATAL, "database", "database_unusable", {"why": reason})]
    finally:
        engine.dispose()


def _of_disk(path: str) -> list[Finding]:
    if not path or path == ":memory:":
        return [Finding(WARNING, "database", "database_in_memory")]
    free = shutil.disk_usage(Path(path).resolve().parent).free
    if free < _FREE_SPACE:
        return [Finding(WARNING, "disk", "disk_low", {"free": free // 2**20})]
    return []


def _of_contents(connection: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    yield from _of_clock(connection, now)
    yield from _of_backlog(connection, now)
    yield from _of_sites(connection, config)
    since = now - _LATELY
    for channel, count in health.set_aside_by_channel(connection, since).items():
        yield Finding(WARNING, channel, "set_aside", {"count": count})
    for channel, count in health.dead_by_channel(connection, since).items():
        yield Finding(WARNING, channel, "given_up", {"count": count})
    for problem in health.problems(connection, since):
        at = f"{problem.last_at.astimezone(config.zone):%Y-%m-%d %H:%M}"
        key = "problem_again" if problem.count > 1 else "problem"
        told = {"why": recognise(scrub(problem.text)), "count": problem.count, "at": at}
        yield Finding(WARNING, problem.subject, key, told)
    if not health.count_published(connection):
        yield Finding(WARNING, "faq", "faq_empty")
    if config.telegram_desk_chat is not None and not health.count_desk_operators(connection):
        yield Finding(WARNING, "operators", "operators_none")


def _of_clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    theirs = health.database_time(connection)
    if theirs is not None and abs(theirs - now) > _SKEW:
        seconds = f"{abs(theirs - now).total_seconds():.0f}"
        yield Finding(WARNING, "clock", "clock_differs", {"seconds": seconds})
        return
    last = health.last_arrival_at(connection)
    if last is not None and last - now > _SKEW:
        yield Finding(WARNING, "clock", "clock_behind", {"at": f"{last:%Y-%m-%d %H:%M}"})
        return
    yield Finding(OK, "clock", "clock_fine", {"now": f"{now:%Y-%m-%d %H:%M:%S}"})


def _of_backlog(connection: Connection, now: datetime) -> Iterator[Finding]:
    waiting = health.depths(connection)
    if waiting.oldest_arrival_at is not None and now - waiting.oldest_arrival_at > _STUCK:
        at = f"{waiting.oldest_arrival_at:%Y-%m-%d %H:%M}"
        yield Finding(WARNING, "inbox", "arrivals_wait", {"count": waiting.inbox, "at": at})


def _of_sites(connection: Connection, config: Config) -> Iterator[Finding]:
    """The websites that carry the chat, against the address it is loaded from."""
    is_open = (config.public_url or "").startswith("https://")
    for site in list_sites(connection):
        if not site.is_active:
            continue
        if not site.origins:
            yield Finding(WARNING, "website", "site_nowhere", {"name": site.name, "key": site.key})
        elif config.public_url is None or (not is_open and any(one.startswith("https://") for one in site.origins)):
            yield Finding(WARNING, "website", "site_unloadable", {"name": site.name})
        else:
            yield Finding(OK, "website", "site_fine", {"name": site.name, "origins": ", ".join(site.origins)})


# --- the search


def _of_search(config: Config) -> list[Finding]:
    """Which encoder gives the search its sense of meaning."""
    choice = choose_encoder(config)
    if choice.kind == "endpoint":
        began = time.perf_counter()
        try:
            encoder = choice.open()
        except Unavailable as error:
            return [Finding(WARNING, "search", "search_endpoint_away", {"why": error})]
        seconds, width = time.perf_counter() - began, encoder.widths[0] if encoder is not None else 0
        found = {"model": config.encoder_model, "width": width, "seconds": f"{seconds:.2f}"}
        return [Finding(OK, "search", "search_endpoint", found)]
    if choice.kind == "wheels":
        return [Finding(OK, "search", "search_wheels", {"names": choice.name})]
    return [Finding(OK, "search", "search_off" if config.encoder == "off" else "search_without")]


# --- channels


async def _of_channels(config: Config, open_channels: OpenChannels) -> list[Finding]:
    try:
        channels = open_channels(config)
    except Exception as error:
        return [_broken("channels", error)]
    findings: list[Finding] = []
    for channel in channels:
        try:
            async with asyncio.timeout(_CHANNEL_TIME):
                findings += await channel.check()
        except TimeoutError:
            findings.append(Finding(FATAL, channel.name, "channel_silent", {"seconds": f"{_CHANNEL_TIME:.0f}"}))
        except Exception as error:
            findings.append(_broken(channel.name, error))
        finally:
            await _end(channel)
    return findings


async def _end(channel: Channel) -> None:
    try:
        async with asyncio.timeout(_CHANNEL_TIME):
            await channel.close()
    except Exception as error:
        log.debug("%s did not close: %s", channel.name, type(error).__name__)


def _broken(subject: str, error: Exception) -> Finding:
    if isinstance(error, OtklikError):
        return Finding(FATAL, subject, "check_refused", {"why": scrub(str(error))})
    return Finding(FATAL, subject, "check_broken", {"kind": type(error).__name__})
