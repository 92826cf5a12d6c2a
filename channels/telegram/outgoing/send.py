"""Carries out the calls of one delivery, in order, each of them once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from channels.telegram.outgoing.compose import Fields, Step
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import is_unchanged, is_uneditable, says
from core.delivery import DeliveryId

_MOST_UNFINISHED = 1000
_MOST_AMENDMENTS = 4
Amend = Callable[[Exception, Step], Awaitable[Step | None]]


class Sender:
    """Runs steps and remembers those of unfinished deliveries, so that another try goes on where the last ended.

    The memory is the process's own: after a crash in the middle of several calls the first ones are made again.
    """

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self._unfinished: OrderedDict[DeliveryId, list[tuple[str, ...]]] = OrderedDict()

    async def run(self, delivery_id: DeliveryId, steps: Sequence[Step], amend: Amend) -> tuple[str, ...]:
        """Ids of the messages made; raises aiogram's errors. `amend` may mend a refused step."""
        if len(steps) == 1:
            return _ids(await self._try(steps[0], amend))
        done = self._unfinished.setdefault(delivery_id, [])
        while len(self._unfinished) > _MOST_UNFINISHED:
            self._unfinished.popitem(last=False)
        for step in steps[len(done) :]:
            done.append(_ids(await self._try(step, amend)))
        self._unfinished.pop(delivery_id, None)
        return tuple(message_id for ids in done for message_id in ids)

    async def edit(self, ways: Sequence[Step], amend: Amend) -> bool:
        """Change a message; False when it can no longer be changed."""
        for way in ways:
            try:
                await self._try(way, amend)
            except sdk.TelegramBadRequest as error:
                if is_unchanged(error):
                    return True
                if says(error, "there is no text in the message", "there is no caption in the message"):
                    continue
                if is_uneditable(error):
                    return False
                raise
            return True
        return False

    async def _try(self, step: Step, amend: Amend) -> Any:
        for _ in range(_MOST_AMENDMENTS):
            try:
                return await self._client.call(step.method, **step.fields)
            except (sdk.TelegramBadRequest, sdk.TelegramMigrateToChat) as error:
                amended = plainer(error, step) or await amend(error, step)
                if amended is None:
                    raise
                step = amended
        return await self._client.call(step.method, **step.fields)


async def no_amendment(error: Exception, step: Step) -> Step | None:
    return None


def plainer(error: Exception, step: Step) -> Step | None:
    """The same words without what Telegram did not like about them; None when there is nothing to leave out."""
    fields = step.fields
    if says(error, "can't parse entities", "entity_", "entities"):
        return _without(step, "entities", "caption_entities") or _without_in_album(step, "caption_entities")
    if says(error, "button", "keyboard", "reply markup", "reply_markup"):
        return _without(step, "reply_markup")
    if says(error, "message to be replied not found", "message to reply not found", "replied message not found"):
        return _without(step, "reply_parameters")
    if "photo" in fields and says(error, "photo_invalid_dimensions", "image_process_failed", "photo is too big"):
        others = {name: value for name, value in fields.items() if name != "photo"}
        if not isinstance(fields["photo"], str):
            return Step(sdk.methods.SendDocument, others | {"document": fields["photo"]})
    return None


def _without(step: Step, *names: str) -> Step | None:
    if not any(step.fields.get(name) for name in names):
        return None
    return Step(step.method, {name: value for name, value in step.fields.items() if name not in names})


def _without_in_album(step: Step, name: str) -> Step | None:
    media: list[Fields] = step.fields.get("media") or []
    if not any(name in item for item in media):
        return None
    bare = [{key: value for key, value in item.items() if key != name} for item in media]
    return Step(step.method, step.fields | {"media": bare})


def _ids(result: Any) -> tuple[str, ...]:
    messages = result if isinstance(result, list) else [result]
    return tuple(
        str(message["message_id"]) for message in messages if isinstance(message, dict) and "message_id" in message
    )
