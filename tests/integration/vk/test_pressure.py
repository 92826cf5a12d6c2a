"""Many messages at once: in threads, within the token's rate, in batches."""

import asyncio

from core.errors import Permanent, Retryable
from core.message import Button, OutgoingMessage
from tests.fakes.vk import FakeVk
from tests.integration.vk.conftest import Bench

ROWS = ((Button("Помогло", "a1"), Button("Не помогло", "a2")), (Button("Позвать оператора", "a3"),))


async def test_slow_call_does_not_hold_up_the_others(bench, vk):
    vk.customer_says(1002, "и я")
    vk.fail_next("delay", method="messages.send", seconds=1.0)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        slow = group.create_task(bench.say("медленно"))
        await vk.wait_for_calls("messages.send")
        await bench.say("быстро", to=1002)
        assert not slow.done()
    assert [sent.text for sent in vk.sent()] == ["быстро", "медленно"]


async def test_pressure_goes_in_batches_and_each_refusal_meets_its_own(vk, tmp_path):
    customers = range(2001, 2061)
    for customer in customers:
        vk.customer_says(customer, "?")
    vk.customer_denies(2050)
    bench = Bench(vk, tmp_path)
    try:
        results = await asyncio.gather(
            *(bench.say(f'ответ {n} %d «да» \\ "q"\n', to=n, buttons=ROWS) for n in customers), return_exceptions=True
        )
    finally:
        await bench.channel.close()
    refused = [n for n, result in zip(customers, results, strict=True) if isinstance(result, Permanent)]
    assert refused == [2050]
    assert sorted(sent.chat for sent in vk.sent()) == [n for n in customers if n != 2050]
    assert {sent.text for sent in vk.sent() if sent.chat == 2001} == {'ответ 2001 %d «да» \\ "q"\n'}
    assert vk.count("execute") == 2
    rest = [result for result in results if not isinstance(result, Permanent)]
    assert all(len(ids) == 1 and ids[0].isdecimal() for ids in rest)


async def test_batch_that_breaks_leaves_everybody_uncertain_and_nothing_doubled(vk, tmp_path):
    customers = range(2001, 2031)
    for customer in customers:
        vk.customer_says(customer, "?")
    bench = Bench(vk, tmp_path)
    deliveries = [bench.delivery(OutgoingMessage(f"ответ {n}"), address=str(n)) for n in customers]
    vk.fail_next("drop_after", method="execute")
    try:
        results = await asyncio.gather(*map(bench.channel.send, deliveries), return_exceptions=True)
        failed = [d for d, result in zip(deliveries, results, strict=True) if isinstance(result, Retryable)]
        assert len(failed) == 10
        await asyncio.gather(*map(bench.channel.send, failed))
    finally:
        await bench.channel.close()
    assert sorted(sent.chat for sent in vk.sent()) == list(customers)


async def test_rate_is_kept(tmp_path):
    async with FakeVk(rate=20) as vk:
        for customer in range(2001, 2046):
            vk.customer_says(customer, "?")
        bench = Bench(vk, tmp_path)
        await asyncio.gather(*(bench.say("да", to=n) for n in range(2001, 2046)))
        await bench.channel.close()
        assert len(vk.sent()) == 45
        assert vk.problems == []
