"""messages.send, alone while there is room and by 25 in one `execute` when more wait than the rate allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from channels.vk.calls import VkCalls, plain
from channels.vk.errors import VkError
from core.errors import Retryable

METHOD = "messages.send"
LARGEST = 25
MOST_TEXT = 30_000  # characters of all texts of a batch: the limit of a whole request is not documented
BAD_CODE = frozenset({12, 13})


@dataclass(slots=True, eq=False)
class _Waiting:
    params: dict[str, Any]
    answer: asyncio.Future[Any]
    is_taken: bool = False


class VkBatches:
    """Whoever comes first while others wait carries the batch; no task of its own is needed."""

    def __init__(self, calls: VkCalls) -> None:
        self._calls = calls
        self._waiting: deque[_Waiting] = deque()
        self._turn = asyncio.Lock()
        self._can_batch = True

    def wait_time(self) -> float:
        """Seconds before another delivery should come: the batches swallow far more than a token's rate."""
        return 0.0 if len(self._waiting) < 4 * LARGEST else 0.1

    async def send(self, params: dict[str, Any]) -> Any:
        """The answer of messages.send; raises VkError or Retryable."""
        if not self._waiting and self._calls.rate.try_take():
            return await self._calls.call(METHOD, has_turn=True, **params)
        mine = _Waiting(params, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            while not mine.is_taken:
                async with self._turn:
                    if mine.is_taken:
                        break
                    await self._calls.rate.take()
                    batch = self._take()
                await self._carry(batch)
            return await mine.answer
        finally:
            if not mine.is_taken:
                self._waiting.remove(mine)
            elif mine.answer.done() and not mine.answer.cancelled():
                mine.answer.exception()  # seen, even when the waiting was cancelled

    def _take(self) -> list[_Waiting]:
        most = LARGEST if self._can_batch else 1
        batch: list[_Waiting] = []
        size = 0
        while self._waiting and len(batch) < most:
            size += len(self._waiting[0].params.get("message", ""))
            if batch and size > MOST_TEXT:
                break
            batch.append(self._waiting.popleft())
            batch[-1].is_taken = True
        return batch

    async def _carry(self, batch: Sequence[_Waiting]) -> None:
        """Everybody in the batch gets an answer, whatever happens; random_id makes a repeat harmless."""
        answers: Sequence[Any] = [Retryable(f"{METHOD}: interrupted", is_uncertain=True)] * len(batch)
        try:
            if len(batch) == 1:
                answers = [await self._calls.call(METHOD, has_turn=True, **batch[0].params)]
            else:
                answers = await self._execute([waiting.params for waiting in batch])
        except (VkError, Retryable) as error:
            answers = [error] * len(batch)
        finally:
            for waiting, answer in zip(batch, answers, strict=True):
                if waiting.answer.done():
                    continue
                if isinstance(answer, Exception):
                    waiting.answer.set_exception(answer)
                else:
                    waiting.answer.set_result(answer)

    async def _execute(self, calls: list[dict[str, Any]]) -> list[Any]:
        try:
            whole = await self._calls.call("execute", is_raw=True, has_turn=True, code=_code(calls))
        except VkError as error:
            if error.code not in BAD_CODE:
                raise
            self._can_batch = False
            raise Retryable(f"execute: error {error.code}", after=0.1, counts=False, is_uncertain=True) from None
        answers, errors = whole.get("response"), whole.get("execute_errors")
        if not isinstance(answers, list) or len(answers) != len(calls):
            raise Retryable("execute: answered something else", is_uncertain=True)
        refusals = iter(errors if isinstance(errors, list) else [])
        return [answer if answer is not False else _refusal(next(refusals, {})) for answer in answers]


def _code(calls: list[dict[str, Any]]) -> str:
    from vk_api.utils import sjson_dumps

    listed = ",".join(f"API.{METHOD}({sjson_dumps(plain(params))})" for params in calls)
    return f"return [{listed}];"


def _refusal(error: dict[str, Any]) -> Exception:
    code = error.get("error_code")
    if not isinstance(code, int):
        return Retryable(f"{METHOD}: refused without a reason", is_uncertain=True)
    return VkError(METHOD, code, str(error.get("error_msg", ""))[:300])
