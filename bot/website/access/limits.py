"""How much one visitor, and one address on the net, may do: buckets that fill again by the clock."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from core.clock import Clock
from core.errors import OtklikError

_MOST = 20_000  # buckets remembered; the longest unused go


class TooMany(OtklikError):
    """Somebody is too quick; `after` seconds are to be waited."""

    def __init__(self, after: float) -> None:
        super().__init__("too many at once; wait a little")
        self.after = after


@dataclass(frozen=True, slots=True)
class Rate:
    """`most` at once, and as many again within `seconds`."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """For each visitor: messages and presses, typing, files, readings. For each address on the net: the others."""

    messages: Rate = Rate(15, 60)
    typing: Rate = Rate(30, 60)
    files: Rate = Rate(10, 300)
    readings: Rate = Rate(120, 60)
    sessions: Rate = Rate(30, 600)
    everything: Rate = Rate(600, 60)
    bytes_an_hour: int = 60 * 1024 * 1024
    streams_of_visitor: int = 10
    streams_of_ip: int = 60
    streams: int = 3000


class Limiter:
    """Counts in this process only: a second process doubles what is allowed, which does no harm."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, what: str, who: str, rate: Rate) -> None:
        """One more; raises TooMany."""
        now = self._clock.now().timestamp()
        left, since = self._buckets.pop((what, who), (float(rate.most), now))
        left = min(float(rate.most), left + max(0.0, now - since) * rate.most / rate.seconds)
        is_free = left >= 1
        self._buckets[what, who] = (left - 1 if is_free else left, now)
        while len(self._buckets) > _MOST:
            del self._buckets[next(iter(self._buckets))]
        if not is_free:
            raise TooMany((1 - left) * rate.seconds / rate.most)


def address_on_the_net(peer: str, forwarded: str) -> str:
    """Who is there: what the proxy in front says, if it stands on this machine or in its private network."""
    try:
        is_near = ipaddress.ip_address(peer).is_private
    except ValueError:
        return peer or "?"
    last = forwarded.rpartition(",")[2].strip()
    return last[:64] if is_near and last else peer
