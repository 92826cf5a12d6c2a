"""The operators' group: topics, posts, edits, reactions, and what members do to them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from core.conversation import ConversationId
from core.delivery import DeskAct, DeskPost
from core.errors import Permanent, Retryable, Scope, TopicGone
from core.event import DeskMoved, OperatorEdited, OperatorPressed, OperatorWrote, TopicSeen, TopicToggled
from core.message import Attachment, AttachmentKind, Button
from tests.integration.telegram.conftest import CUSTOMER, Bench

ROWS = ((Button("Взять", "take1"), Button("Закрыть", "close1")),)


def thread(bench: Bench, conversation: int = 1) -> int:
    return int(bench.topics.bound[ConversationId(conversation)])


async def test_posts_go_into_one_topic(bench: Bench) -> None:
    first = await bench.post("карточка", buttons=ROWS)
    second = await bench.post("вопрос", reply_to=first[0])
    (topic,) = bench.tg.topics()
    assert (topic.name, topic.thread) == ("#1 Анна", thread(bench))
    sent = bench.tg.sent(bench.forum, thread(bench))
    assert [one.text for one in sent] == ["карточка", "вопрос"]
    assert sent[0].markup["inline_keyboard"][0][0]["callback_data"] == "take1"
    assert (sent[1].reply_to, second) == (int(first[0]), (str(sent[1].message_id),))


async def test_general_and_another_topic(bench: Bench) -> None:
    other = bench.tg.member_creates_topic(7001, "курилка").thread
    await bench.post("вы не оператор", topic="")
    await bench.post("вы не оператор", topic=str(other))
    assert [one.thread or 0 for one in bench.tg.sent(bench.forum)] == [0, other]
    assert len(bench.tg.topics()) == 1


async def test_long_names_and_texts(bench: Bench) -> None:
    await bench.post("слово " * 1000, topic_name="#1 " + "Я" * 300)
    assert len(bench.tg.topics()[0].name) == 128
    assert len(bench.tg.sent(bench.forum)) == 2


async def test_media_with_formatting(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"from vk")
    photo = bench.tg.customer_sends(CUSTOMER, "photo", b"from telegram")
    own = bench.tg.view(CUSTOMER)[-1]["photo"][-1]["file_id"]
    assert photo.message_id
    markup = json.dumps([{"type": "italic", "offset": 0, "length": 3}])
    await bench.post("вот", attachments=(Attachment(AttachmentKind.PHOTO, "vk", "a.jpg"),), markup=markup)
    await bench.post("вот", attachments=(Attachment(AttachmentKind.PHOTO, "telegram", own),))
    sent = bench.tg.sent(bench.forum, thread(bench))
    assert [one.content for one in sent] == [b"from vk", b"from telegram"]
    assert sent[0].entities == [{"type": "italic", "offset": 0, "length": 3}]


async def test_edit_react_close_reopen(bench: Bench) -> None:
    (card,) = await bench.post("карточка", buttons=ROWS)
    said = bench.tg.member_says(7001, "сейчас", thread=thread(bench)).message_id
    assert await bench.act(DeskAct.EDIT, target=card, text="карточка 2") == (card,)
    assert await bench.act(DeskAct.EDIT, target=card, text="карточка 2") == (card,)
    assert await bench.act(DeskAct.REACT, target=str(said), text="👍") == ()
    assert bench.tg.reactions(bench.forum, said) == ["👍"]
    for act in (DeskAct.CLOSE, DeskAct.CLOSE):
        await bench.act(act)
    assert bench.tg.topics()[0].closed
    for act in (DeskAct.REOPEN, DeskAct.REOPEN):
        await bench.act(act)
    assert not bench.tg.topics()[0].closed


async def test_failed_reaction_is_no_failure(bench: Bench) -> None:
    await bench.act(DeskAct.REACT, target="424242", text="👍")
    await bench.act(DeskAct.REACT, target="", text="👍")
    bench.tg.fail_next("400", method="setMessageReaction", description="REACTION_INVALID")
    await bench.act(DeskAct.REACT, target="1", text="🧿")


async def test_edit_of_what_is_gone_is_posted_anew(bench: Bench) -> None:
    (card,) = await bench.post("карточка")
    bench.tg.member_deletes_message(7001, int(card))
    (anew,) = await bench.act(DeskAct.EDIT, target=card, text="карточка 2")
    assert anew != card
    assert bench.tg.sent(bench.forum, thread(bench))[-1].text == "карточка 2"


async def test_deleted_topic(bench: Bench) -> None:
    (card,) = await bench.post("карточка")
    bench.tg.member_deletes_topic(7001, thread(bench))
    with pytest.raises(TopicGone):
        await bench.post("вопрос")
    for act in (DeskAct.CLOSE, DeskAct.REOPEN):
        assert await bench.act(act) == ()
    del bench.topics.bound[ConversationId(1)]
    bench.topics.begun.clear()
    await bench.post("вопрос")
    assert [topic.deleted for topic in bench.tg.topics()] == [True, False]
    assert card


async def test_closed_topic_is_reopened(tmp_path: Path, bench: Bench) -> None:
    await bench.post("карточка")
    bench.tg.member_closes_topic(7001, thread(bench))
    bench.tg.fail_next("400", method="sendMessage", description="TOPIC_CLOSED")
    await bench.post("вопрос")
    assert bench.tg.sent(bench.forum)[-1].text == "вопрос"
    assert not bench.tg.topics()[0].closed


async def test_drop(bench: Bench) -> None:
    await bench.post("карточка")
    await bench.act(DeskAct.DROP, target=str(thread(bench)))
    await bench.act(DeskAct.DROP, target=str(thread(bench)))
    assert bench.tg.topics()[0].deleted


async def test_answer_to_the_making_is_lost_but_the_update_comes(listening: Bench) -> None:
    listening.tg.fail_next("drop_after", method="createForumTopic")
    with pytest.raises(Retryable) as first:
        await listening.post("карточка")
    assert first.value.is_uncertain is False or first.value.after is None
    seen = await listening.event(TopicSeen)
    assert seen.conversation_id == 1
    with pytest.raises(Retryable) as second:
        await listening.post("карточка")
    assert (second.value.counts, second.value.is_uncertain) == (False, False)
    assert second.value.after
    await listening.topics.bind(seen.conversation_id, seen.topic)
    await listening.post("карточка")
    assert len(listening.tg.topics()) == 1
    assert len(listening.tg.sent(listening.forum, int(seen.topic))) == 1


async def test_no_topic_was_made_by_a_lost_request(listening: Bench) -> None:
    listening.tg.fail_next("drop_before", method="createForumTopic")
    for _ in range(2):
        with pytest.raises(Retryable):
            await listening.post("карточка")
    await asyncio.sleep(0.06)
    await listening.post("карточка")
    assert len(listening.tg.topics()) == 1


async def test_a_making_that_surely_failed_is_repeated_at_once(bench: Bench) -> None:
    bench.tg.fail_next("429", method="createForumTopic", retry_after=1)
    with pytest.raises(Retryable):
        await bench.post("карточка")
    await bench.post("карточка")
    assert len(bench.tg.topics()) == 1


async def test_killed_while_making(listening: Bench) -> None:
    await listening.topics.begin(ConversationId(1))  # by an earlier process
    with pytest.raises(Retryable):
        await listening.post("карточка")
    assert listening.tg.topics() == []
    await asyncio.sleep(0.06)
    await listening.post("карточка")
    assert len(listening.tg.topics()) == 1


async def test_killed_while_making_and_no_updates_come_in(bench: Bench) -> None:
    await bench.topics.begin(ConversationId(1))
    for _ in range(2):
        with pytest.raises(Retryable):
            await bench.post("карточка")
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.35)
    await bench.post("карточка")  # not for ever
    assert len(bench.tg.topics()) == 1


async def test_group_without_topics(bench: Bench) -> None:
    bench.tg.set_forum(bench.forum, False)
    await bench.post("вопрос")
    await bench.post("ещё вопрос")
    assert [one.text for one in bench.tg.sent(bench.forum)] == ["#1 Анна\nвопрос", "#1 Анна\nещё вопрос"]
    (report,) = [words for _, words in bench.inbox.reports if "no topics" in words]
    assert str(bench.forum) in report
    assert "Операторы" in report
    assert bench.tg.count("createForumTopic") == 1


async def test_rights_are_missing(bench: Bench) -> None:
    bench.tg.set_bot_rights(bench.forum, admin=True, can_manage_topics=False)
    with pytest.raises(Retryable) as caught:
        await bench.post("вопрос")
    assert (caught.value.alert, caught.value.counts, caught.value.after) == (True, False, 60)
    assert f"manage topics in the operators' group “Операторы” ({bench.forum})" in str(caught.value)


async def test_bot_was_kicked(bench: Bench) -> None:
    bench.tg.kick_bot(bench.forum)
    with pytest.raises(Retryable) as caught:
        await bench.post("вопрос")
    assert (caught.value.alert, caught.value.counts) == (True, False)
    await bench.say("клиентам отвечаем дальше")


async def test_group_became_a_supergroup(listening: Bench) -> None:
    old = listening.forum
    await listening.post("карточка")
    new = listening.tg.migrate(old)
    moved = await listening.event(DeskMoved)
    assert (moved.desk, moved.new_desk) == (str(old), str(new))
    assert listening.client.desk_chat == new


async def test_group_became_a_supergroup_unheard(bench: Bench) -> None:
    await bench.post("карточка", topic="")
    new = bench.tg.migrate(bench.forum)
    await bench.post("вопрос", topic="")
    await bench.act(DeskAct.REACT, target="1", text="👍")
    assert bench.client.desk_chat == new
    assert bench.tg.sent(new)[-1].text == "вопрос"
    again = type(bench)(bench.tg, Path(), desk_chat=bench.forum)
    again.client.notebook = bench.notebook
    await again.client.introduce()
    assert again.client.desk_chat == new
    await again.channel.close()


async def test_what_members_do(listening: Bench) -> None:
    (card,) = await listening.post("карточка", buttons=ROWS)
    topic = thread(listening)
    tg = listening.tg
    said = tg.member_says(7001, "здравствуйте", thread=topic).message_id
    answer = tg.member_says(7002, "ответ", thread=topic, reply_to=said).message_id
    tg.member_edits(7001, said, "здравствуйте!")
    tg.member_presses(7001, "Взять", int(card))
    tg.member_says(7001, "мимо тем")
    tg.member_closes_topic(7001, topic)
    await listening.act(DeskAct.REOPEN)
    await listening.act(DeskAct.CLOSE)
    tg.member_reopens_topic(7001, topic)
    tg.member_sends(7001, "photo", thread=topic)
    await tg.wait_for_confirmed()
    events = [event for event in listening.events() if not isinstance(event, TopicSeen)][1:]  # the first is /start
    wrote = [event for event in events if isinstance(event, OperatorWrote)]
    assert [(event.topic, event.message.text, event.message.reply_to) for event in wrote] == [
        (str(topic), "здравствуйте", ""),
        (str(topic), "ответ", str(said)),
        ("", "мимо тем", ""),
        (str(topic), "", ""),
    ]
    assert wrote[1].message.origin_id == str(answer)
    assert wrote[3].message.attachments[0].kind is AttachmentKind.PHOTO
    assert [event.message.text for event in events if isinstance(event, OperatorEdited)] == ["здравствуйте!"]
    (press,) = [event for event in events if isinstance(event, OperatorPressed)]
    assert (press.token, press.origin_id, press.topic, press.member.id) == ("take1", card, str(topic), "7001")
    assert [event.is_closed for event in events if isinstance(event, TopicToggled)] == [True, False]


# the group's twenty a minute


async def test_limited_after_the_first_complaint(bench: Bench) -> None:
    def delivery(text: str, **fields: object) -> object:
        return bench.delivery(DeskPost(DeskAct.POST, text=text, is_relay=True, topic_name="#1"), **fields)  # type: ignore[arg-type]

    three = [delivery("один"), delivery("два"), delivery("три")]
    assert bench.desk.merge(three) == 1  # type: ignore[arg-type]
    for _ in range(30):
        assert await bench.desk.ready(three[0]) == 0  # type: ignore[arg-type]
    bench.tg.fail_next("429", method="sendMessage", retry_after=20)
    with pytest.raises(Retryable) as caught:
        await bench.desk.send(three[0])  # type: ignore[arg-type]
    assert (caught.value.after, caught.value.counts, caught.value.scope) == (20, False, Scope.LANE)
    assert 19 < await bench.desk.ready(three[0]) <= 20  # type: ignore[arg-type]
    assert bench.desk.merge(three) == 3  # type: ignore[arg-type]
    receipt = await bench.desk.send_merged(three)  # type: ignore[arg-type]
    (sent,) = bench.tg.sent(bench.forum)
    assert sent.text == "один\nдва\nтри"
    assert receipt.platform_ids == (str(sent.message_id),)
    react = bench.delivery(DeskPost(DeskAct.REACT, text="👍", target="1"))
    assert await bench.desk.ready(react) == 0


async def test_no_desk_in_the_settings(bench: Bench) -> None:
    bench.client.desk_chat = None
    with pytest.raises(Permanent):
        await bench.post("вопрос")
