"""A public VK comment is answered with an invitation to private messages, once, and nothing else."""

from __future__ import annotations

from tests.integration.functions.house import House


async def test_a_question_in_public_is_invited_to_messages(house: House) -> None:
    house.vk.wall_comment(4001, "где мой заказ 123?", post_id=7)
    await house.vk.wait_for_sent(1, method="wall.createComment")
    house.vk.wall_comment(4001, "ау, кто ответит?", post_id=7)
    house.vk.wall_comment(4002, "Класс!", post_id=7)
    house.vk.wall_comment(4003, "сколько стоит доставка?", post_id=7)
    await house.vk.wait_for_sent(2, method="wall.createComment")
    answers = [one for one in house.vk.sent() if one.method == "wall.createComment"]
    assert len(answers) == 2
    assert all("личные сообщения" in one.text and "заказ 123" not in one.text for one in answers)
    assert [one for one in house.vk.sent() if one.method == "messages.send"] == []


async def test_a_forbidden_answer_in_public_holds_nothing_up(house: House) -> None:
    house.vk.fail_next(213, method="wall.createComment")
    house.vk.wall_comment(4001, "где мой заказ?", post_id=7)
    house.vk.wall_comment(4002, "а мой?", post_id=7)
    await house.vk.wait_for_sent(1, method="wall.createComment")
    house.vk.customer_says(4001, "/faq")
    await house.vk.wait_for_sent(1, chat=4001)
