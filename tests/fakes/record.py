"""What the fakes hand out: a dict whose keys are also attributes, so that it travels as JSON unchanged."""

from __future__ import annotations

from typing import Any


class Record(dict[str, Any]):
    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


def as_records(value: Any) -> Any:
    """JSON values with every object turned into a Record."""
    if isinstance(value, dict):
        return Record({key: as_records(item) for key, item in value.items()})
    if isinstance(value, list):
        return [as_records(item) for item in value]
    return value
