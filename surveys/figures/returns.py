"""First contact resolution: whether a customer had to come back with the same subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Visit:
    """One conversation of a customer. `category` is the subject, "" where it is unknown; reopening is a return."""

    id: int
    category: str
    opened_at: datetime
    closed_at: datetime | None = None
    is_reopened: bool = False


def returned(visits: Sequence[Visit], window: timedelta = WINDOW) -> set[int]:
    """Of one customer's conversations, those that did not settle the matter.

    A conversation is not settled by its first contact when it was reopened, or when the same customer opens another
    one with the same subject within `window` after it was closed. A subject that is unknown on either side fits any:
    rather a doubtful return counted than one overlooked.
    First contact resolution = closed conversations not in this set / closed conversations × 100.
    Source: Feinberg, Kim et al., "Operational determinants of caller satisfaction in the call center", International
    Journal of Service Industry Management 11 (2000); ISO 18295-1 leaves the window to the company, here 7 days.
    Example: "delivery" closed on Monday, "delivery" again on Thursday, "payment" on Friday: the first of three came
    back, so 66.7 per cent.
    """
    ordered = sorted(visits, key=lambda visit: (visit.opened_at, visit.id))
    found = {visit.id for visit in ordered if visit.is_reopened}
    for place, visit in enumerate(ordered):
        if visit.closed_at is None or visit.id in found:
            continue
        for later in ordered[place + 1 :]:
            if later.opened_at < visit.closed_at:
                continue
            if later.opened_at - visit.closed_at > window:
                break
            if not visit.category or not later.category or visit.category == later.category:
                found.add(visit.id)
                break
    return found
