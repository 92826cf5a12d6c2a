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
from core.channel import Channel, Finding
from core.clock import Clock, SystemClock
from core.errors import OtklikError, Unavailable

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
        remedy = f"did you mean {meant}?" if meant else "take it away, or look the name up in deploy/env.example"
        yield Finding(WARNING, "settings", f"{name} means nothing to this program", remedy)
    if config.telegram_token is None and config.vk_token is None:
        remedy = "set OTKLIK_TELEGRAM_TOKEN, or OTKLIK_VK_TOKEN with OTKLIK_VK_GROUP_ID; without them: otklik chat"
        yield Finding(
            WARNING,
            "settings",
            "neither Telegram nor VK has a token: customers can only write in the website chat",
            remedy,
        )
    if config.telegram_desk_chat is not None and config.telegram_token is None:
        yield Finding(WARNING, "settings", "there is a Telegram desk but no bot for it", "set OTKLIK_TELEGRAM_TOKEN")
    if config.public_url is not None and config.public_url.startswith("http://"):
        remedy = "use an https address unless this is a test"
        yield Finding(WARNING, "settings", "OTKLIK_PUBLIC_URL is not encrypted, and Telegram wants https", remedy)
    if not unknown:
        yield Finding(OK, "settings", "understood")


# --- the database


def _of_database(config: Config, clock: Clock) -> list[Finding]:
    try:
        url = read_url(config.database_url)
        engine = open_engine(url)
    except (OtklikError, OSError) as error:
        return [Finding(FATAL, "database", str(error), "correct OTKLIK_DATABASE_URL")]
    try:
        migrate_up(engine)
        findings = [Finding(OK, "database", f"{url.get_backend_name()}, version {known_versions()[-1]}")]
        findings += _of_disk(url.database or "") if engine.dialect.name == "sqlite" else []
        with engine.connect() as connection:
            findings += _of_contents(connection, config, clock.now())
        return findings
    except OtklikError as error:
        return [Finding(FATAL, "database", str(error), "see the sentence before")]
    except DBAPIError as error:
        reason = scrub(str(error.orig).strip().split("\n")[0])
        remedy = "check OTKLIK_DATABASE_URL, that the server runs, and the rights to the file or database"
        return [Finding(FATAL, "database", f"cannot be used: {reason}", remedy)]
    finally:
        engine.dispose()


def _of_disk(path: str) -> list[Finding]:
    if not path or path == ":memory:":
        return [Finding(WARNING, "database", "is kept in memory and lost at the end", "set OTKLIK_DATABASE_URL")]
    free = shutil.disk_usage(Path(path).resolve().parent).free
    if free < _FREE_SPACE:
        return [Finding(WARNING, "disk", f"{free // 2**20} MB are left", "make room: a full disk stops the bot")]
    return []


def _of_contents(connection: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    yield from _of_clock(connection, now)
    yield from _of_backlog(connection, now)
    yield from _of_sites(connection, config)
    since = now - _LATELY
    for channel, count in health.set_aside_by_channel(connection, since).items():
        remedy = "they are kept in the table inbox with the error; report them to the makers of Otklik"
        yield Finding(WARNING, channel, f"{count} arrivals of the last 7 days could not be read or handled", remedy)
    for channel, count in health.dead_by_channel(connection, since).items():
        remedy = "the conversation shows which; the reasons are below or in the log"
        yield Finding(WARNING, channel, f"{count} messages of the last 7 days were given up", remedy)
    for problem in health.problems(connection, since):
        times = f" ({problem.count} times)" if problem.count > 1 else ""
        text = f"{scrub(problem.text)}{times}, last on {problem.last_at.astimezone(config.zone):%Y-%m-%d %H:%M}"
        yield Finding(WARNING, problem.subject, text, "nothing, if it was mended since; otherwise see the log of then")
    if not health.count_published(connection):
        remedy = "otklik faq import FILE; otklik run puts in a starter FAQ where there is none"
        yield Finding(WARNING, "faq", "has no published entries: the bot answers nothing", remedy)
    if config.telegram_desk_chat is not None and not health.count_desk_operators(connection):
        remedy = "otklik operator add LOGIN --role operator --telegram ID (@userinfobot tells the ID)"
        yield Finding(WARNING, "operators", "nobody may answer in the Telegram desk", remedy)


def _of_clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    remedy = "switch on time synchronisation (NTP): targets, timers and reports go by the clock"
    theirs = health.database_time(connection)
    if theirs is not None and abs(theirs - now) > _SKEW:
        seconds = abs(theirs - now).total_seconds()
        yield Finding(WARNING, "clock", f"differs from the database's by {seconds:.0f} s", remedy)
        return
    last = health.last_arrival_at(connection)
    if last is not None and last - now > _SKEW:
        yield Finding(WARNING, "clock", f"stands before the last arrival ({last:%Y-%m-%d %H:%M} UTC)", remedy)
        return
    yield Finding(OK, "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _of_backlog(connection: Connection, now: datetime) -> Iterator[Finding]:
    waiting = health.depths(connection)
    if waiting.oldest_arrival_at is not None and now - waiting.oldest_arrival_at > _STUCK:
        text = f"{waiting.inbox} arrivals wait, the oldest since {waiting.oldest_arrival_at:%Y-%m-%d %H:%M} UTC"
        yield Finding(WARNING, "inbox", text, "start the bot: otklik run; if it runs, see its log")


def _of_sites(connection: Connection, config: Config) -> Iterator[Finding]:
    """The websites that carry the chat, against the address it is loaded from."""
    is_open = (config.public_url or "").startswith("https://")
    for site in list_sites(connection):
        if not site.is_active:
            continue
        if not site.origins:
            remedy = f"otklik site set {site.key} --origin https://your.site"
            yield Finding(WARNING, "website", f"{site.name}: the chat may be shown nowhere", remedy)
        elif not is_open and any(origin.startswith("https://") for origin in site.origins):
            remedy = "set OTKLIK_PUBLIC_URL to an https address: browsers load nothing else into an https page"
            yield Finding(WARNING, "website", f"{site.name} cannot load the chat", remedy)
        else:
            yield Finding(OK, "website", f"{site.name}: the chat may be shown on {', '.join(site.origins)}")


# --- the search


def _of_search(config: Config) -> list[Finding]:
    """Which encoder gives the search its sense of meaning."""
    choice = choose_encoder(config)
    if choice.kind == "endpoint":
        began = time.perf_counter()
        try:
            encoder = choice.open()
        except Unavailable as error:
            remedy = "check OTKLIK_ENCODER_URL, _MODEL and _KEY; until then the search goes by letters and words only"
            return [Finding(WARNING, "search", str(error), remedy)]
        seconds, width = time.perf_counter() - began, encoder.widths[0] if encoder is not None else 0
        text = f"by meaning: {config.encoder_model} at an endpoint, {width} numbers a text, answers in {seconds:.2f} s"
        return [Finding(OK, "search", text)]
    if choice.kind == "wheels":
        return [Finding(OK, "search", f"by meaning: the installed encoders {choice.name}")]
    reason = "OTKLIK_ENCODER is off" if config.encoder == "off" else "no encoder is installed (make semantic)"
    return [Finding(OK, "search", f"by letters and words only: {reason}")]


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
            remedy = "check the network, a firewall or proxy, and the address of the platform"
            findings.append(Finding(FATAL, channel.name, f"did not answer within {_CHANNEL_TIME:.0f} s", remedy))
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
    text = scrub(str(error)) if isinstance(error, OtklikError) else f"the check broke: {type(error).__name__}"
    return Finding(FATAL, subject, text, "run again with OTKLIK_LOG_LEVEL=debug to see the details")
