"""Metrics: what a call adds to the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot import metrics
from core.channel import Arrival
from core.delivery import DeliveryState

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Stored:
    arrival: Arrival
    received_at: datetime


@dataclass(frozen=True)
class Outcome:
    decisions: tuple[str, ...]


def value(name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def test_arrival_on_its_way() -> None:
    batch = [Stored(Arrival("m-test", "a", "1", "lane", {}), NOW - timedelta(seconds=3))]
    metrics.arrivals(batch)
    metrics.handled(batch, Outcome(("m-answer",)), NOW)
    metrics.set_aside("m-test")
    metrics.delivered("m-test", DeliveryState.SENT, 0.2)
    metrics.delivered("m-test", DeliveryState.PENDING)
    assert value("otklik_arrivals_total", channel="m-test") == 1
    assert value("otklik_handled_total", channel="m-test") == 1
    assert value("otklik_handling_seconds_sum", channel="m-test") == 3
    assert value("otklik_set_aside_total", channel="m-test") == 1
    assert value("otklik_faq_decisions_total", decision="m-answer") == 1
    assert value("otklik_deliveries_total", channel="m-test", state="sent") == 1
    assert value("otklik_deliveries_total", channel="m-test", state="pending") == 1
    assert value("otklik_sending_seconds_count", channel="m-test") == 1


def test_depths_and_page() -> None:
    metrics.depths(inbox=2, outbox=5)
    page = metrics.render().decode()
    assert "otklik_inbox_depth 2.0" in page
    assert "otklik_outbox_depth 5.0" in page
    assert "_created" not in page
