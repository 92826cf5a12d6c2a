"""What somebody who waits is told, in their language: place, expected wait, or when people are back."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from core.text import SHIPPED, Text, Wording, render
from handoff.service.waiting import News

_HOUR = timedelta(hours=1)


def news_text(news: News, language: str, now: datetime, zone: tzinfo, wording: Wording = SHIPPED) -> str:
    """One to three sentences; no place is told while nobody is there."""
    parts = []
    if news.back_at is not None:
        return render(_back(news.back_at, language, now, zone), language, wording)
    if news.is_at_once:
        return render(Text("queue.at_once"), language, wording)
    parts.append(Text("queue.first") if news.position == 1 else Text("queue.place", {"position": news.position}))
    if news.wait is not None:
        parts.append(_wait(news.wait))
    if news.latest_at is not None:
        parts.append(_latest(news.latest_at, language, now, zone))
    return " ".join(render(part, language, wording) for part in parts)


def _wait(wait: timedelta) -> Text:
    if wait <= timedelta(minutes=1):
        return Text("queue.wait.minute")
    if wait <= _HOUR:
        return Text("queue.wait.minutes", {}, round(wait / timedelta(minutes=1)))
    hours, rest = divmod(wait, _HOUR)
    return Text("queue.wait.half", {"hours": hours}) if rest else Text("queue.wait.hours", {}, hours)


def _back(at: datetime, language: str, now: datetime, zone: tzinfo) -> Text:
    local, days = _local(at, now, zone)
    params: dict[str, object] = {"time": f"{local:%H:%M}"}
    if days == 0:
        return Text("queue.back.today", params)
    if days == 1:
        return Text("queue.back.tomorrow", params)
    if days < 7:
        return Text("queue.back.weekday", {**params, "day": Text(f"weekday.{local.weekday()}")})
    return Text("queue.back.date", {**params, "date": _date(local, language)})


def _latest(at: datetime, language: str, now: datetime, zone: tzinfo) -> Text:
    local, days = _local(at, now, zone)
    day = Text("queue.day.date", {"date": _date(local, language)})
    if days < 7:
        names = {0: "queue.day.today", 1: "queue.day.tomorrow"}
        day = Text(names.get(days, f"weekday.{local.weekday()}"))
    return Text("queue.latest", {"day": day, "time": f"{local:%H:%M}"})


def _local(at: datetime, now: datetime, zone: tzinfo) -> tuple[datetime, int]:
    """The moment by the company's clock, and how many days ahead that is."""
    local = at.astimezone(zone)
    return local, (local.date() - now.astimezone(zone).date()).days


def _date(local: datetime, language: str) -> str:
    return f"{local:%d.%m}" if language == "ru" else f"{local:%d %b}"
