"""What /metrics shows: counts, delays and depths, by channel; never anything of a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from core.channel import Arrival
from core.delivery import DeliveryState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_DELAYS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)  # seconds

disable_created_metrics()  # type: ignore[no-untyped-call]
registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)

_arrivals = Counter("otklik_arrivals", "Arrivals written down.", ["channel"], registry=registry)
_handled = Counter("otklik_handled", "Arrivals handled.", ["channel"], registry=registry)
_set_aside = Counter("otklik_set_aside", "Arrivals that could not be read or handled.", ["channel"], registry=registry)
_decisions = Counter("otklik_faq_decisions", "What the bot made of free questions.", ["decision"], registry=registry)
_deliveries = Counter("otklik_deliveries", "Tries to send, by outcome.", ["channel", "state"], registry=registry)
_handling_time = Histogram(
    "otklik_handling_seconds",
    "From the arrival to its decision being stored; waits for quick messages that belong together.",
    ["channel"],
    buckets=_DELAYS,
    registry=registry,
)
_sending_time = Histogram(
    "otklik_sending_seconds",
    "From a message's making to its being sent.",
    ["channel"],
    buckets=_DELAYS,
    registry=registry,
)
_inbox_depth = Gauge("otklik_inbox_depth", "Arrivals that wait to be handled.", registry=registry)
_outbox_depth = Gauge("otklik_outbox_depth", "Deliveries that wait to be sent.", registry=registry)


# finding a labelled child anew costs more than counting on it
_arrivals_of = cache(_arrivals.labels)
_handled_of = cache(_handled.labels)
_handling_time_of = cache(_handling_time.labels)
_decisions_of = cache(_decisions.labels)
_deliveries_of = cache(_deliveries.labels)
_sending_time_of = cache(_sending_time.labels)


class _Stored(Protocol):
    @property
    def arrival(self) -> Arrival: ...

    @property
    def received_at(self) -> datetime: ...


class _Handled(Protocol):
    @property
    def decisions(self) -> tuple[str, ...]: ...


def arrivals(stored: Iterable[_Stored]) -> None:
    """Arrivals were written down."""
    for one in stored:
        _arrivals_of(one.arrival.channel).inc()


def handled(batch: Sequence[_Stored], outcome: _Handled, now: datetime) -> None:
    """Arrivals were decided on, and the decision stored."""
    for one in batch:
        channel = one.arrival.channel
        _handled_of(channel).inc()
        _handling_time_of(channel).observe(max(0.0, (now - one.received_at).total_seconds()))
    for decision in outcome.decisions:
        _decisions_of(decision).inc()


def set_aside(channel: str, count: int = 1) -> None:
    """Arrivals could not be read or handled."""
    _set_aside.labels(channel).inc(count)


def delivered(channel: str, state: DeliveryState, seconds: float | None = None) -> None:
    """A try to send ended in `state`; `seconds` since the message was made, when it was sent."""
    _deliveries_of(channel, str(state)).inc()
    if seconds is not None:
        _sending_time_of(channel).observe(max(0.0, seconds))


def depths(inbox: int, outbox: int) -> None:
    """How much waits now."""
    _inbox_depth.set(inbox)
    _outbox_depth.set(outbox)


def render() -> bytes:
    """Everything in the text format of Prometheus (CONTENT_TYPE)."""
    return generate_latest(registry)
