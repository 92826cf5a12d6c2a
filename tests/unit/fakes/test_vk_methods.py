"""Methods of the VK fake, called by vk_api."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import vk_api
from vk_api.keyboard import VkKeyboard

from tests.fakes.vk import FakeVk, schema
from tests.unit.fakes.conftest import SESSIONS, vk_on


def send(api: vk_api.VkApi, peer: int, text: str, random_id: int = 0, **more: Any) -> Any:
    return api.method("messages.send", {"peer_id": peer, "message": text, "random_id": random_id, **more})


def refusal(api: vk_api.VkApi, method: str, values: dict[str, Any]) -> int:
    with pytest.raises(vk_api.ApiError) as error:
        api.method(method, values)
    return int(error.value.code)


def test_random_id_sends_once_for_each_peer(vk: FakeVk, api: vk_api.VkApi) -> None:
    for user in (1, 2):
        vk.customer_says(user, "x")
    first = send(api, 1, "раз", 7)
    assert send(api, 1, "раз", 7) == first != send(api, 2, "раз", 7)
    assert send(api, 1, "ноль", 0) != send(api, 1, "ноль", 0)
    assert [(one.chat, one.text, one.repeats) for one in vk.sent()] == [
        (1, "раз", 1), (2, "раз", 0), (1, "ноль", 0), (1, "ноль", 0)]  # fmt: skip


def test_several_peers_answer_each_for_itself(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    answer = api.method("messages.send", {"peer_ids": "1,2", "message": "всем", "random_id": 5}, raw=True)
    assert schema.answer_errors("messages.send", answer) == []
    assert [one.get("error", {}).get("code") for one in answer["response"]] == [None, 901]


def test_refusals_of_send(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    for values, code in (
        ({"peer_id": 1, "message": "ж" * 4097, "random_id": 1}, 914),
        ({"peer_id": 1, "message": "", "random_id": 1}, 100),
        ({"message": "x", "random_id": 1}, 100),
        ({"peer_id": 77, "message": "x", "random_id": 1}, 901),
        ({"peer_id": 2_000_000_001, "message": "x", "random_id": 1}, 917),
        ({"peer_id": 1, "message": "x", "random_id": 1, "attachment": ",".join(["photo1_1"] * 11)}, 100),
    ):
        assert refusal(api, "messages.send", values) == code
    for act, code in (
        (lambda: vk.customer_denies(1), 901),
        (lambda: vk.customer_allows(1) and vk.set_refusal(1, 900), 900),
        (lambda: vk.set_refusal(1, 902), 902),
        (lambda: vk.customer_deactivates(1), 18),
    ):
        act()
        assert refusal(api, "messages.send", {"peer_id": 1, "message": "x", "random_id": 1}) == code
    assert vk.sent() == []


def test_missing_random_id_is_refused_and_named(vk: FakeVk) -> None:
    vk.customer_says(1, "x")
    assert refusal(vk_on(vk), "messages.send", {"peer_id": 1, "message": "x", "color": 1}) == 100
    if schema.methods():
        assert {one.problem for one in vk.problems} == {"missing random_id", "unknown parameter color"}


def keyboard(rows: list[list[str]], payload: Any = "{}", **more: Any) -> str:
    buttons = [[{"action": {"type": "text", "label": one, "payload": payload}} for one in row] for row in rows]
    return json.dumps({"buttons": buttons, **more})


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        (keyboard([["a"] * 5] * 2, inline=True), True),
        (keyboard([["a"] * 5] * 3, inline=True), False),
        (keyboard([["a"]] * 7, inline=True), False),
        (keyboard([["a"] * 4] * 10), True),
        (keyboard([["a"] * 5] * 9), False),
        (keyboard([["a"] * 6]), False),
        (keyboard([["a"], []]), False),
        (keyboard([["a" * 40]]), True),
        (keyboard([["a" * 41]]), False),
        (keyboard([["a"]], '"' + "x" * 253 + '"'), True),
        (keyboard([["a"]], '"' + "x" * 254 + '"'), False),
        (keyboard([["a"]], "not json"), False),
        (keyboard([["a"]], inline=True, one_time=True), False),
        (keyboard([["a"]], columns=2), False),
        ('{"buttons": [], "one_time": true}', True),
        ("{", False),
    ],
)
def test_keyboards(vk: FakeVk, source: str, fits: bool) -> None:
    vk.customer_says(1, "x")
    values = {"peer_id": 1, "message": "x", "random_id": 1, "keyboard": source}
    if fits:
        assert vk_on(vk).method("messages.send", values)
    else:
        assert refusal(vk_on(vk), "messages.send", values) == 911


def test_buttons_pressed_by_label_and_payload(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    inline = VkKeyboard(inline=True)
    inline.add_callback_button("Позвать оператора", payload={"cmd": "operator"})
    below = VkKeyboard(one_time=True)
    below.add_button("Помогло", payload={"cmd": "helped"})
    send(api, 1, "внутри", 1, keyboard=inline.get_keyboard())
    send(api, 1, "снизу", 2, keyboard=below.get_keyboard())
    press = vk.customer_presses(1, "оператора")
    said = vk.customer_presses(1, '{"cmd":"helped"}')
    assert vk.view(1)[-1]["payload"] == '{"cmd":"helped"}'
    assert vk.view(1)[-1]["text"] == "Помогло"
    assert said.cmid == 4
    assert vk.keyboard(1) is None, "a one-time keyboard goes with its first use"
    answer = {"event_id": press.query_id, "user_id": 1, "peer_id": 1}
    data = json.dumps({"type": "show_snackbar", "text": "Зову"})
    assert api.method("messages.sendMessageEventAnswer", {**answer, "event_data": data}) == 1
    assert refusal(api, "messages.sendMessageEventAnswer", answer) == 100
    assert vk.answers()[0].text == "Зову"


def test_press_answered_too_late(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    send(
        api,
        1,
        "?",
        1,
        keyboard='{"inline":true,"buttons":[[{"action":{"type":"callback","label":"Да","payload":"{}"}}]]}',
    )
    press = vk.customer_presses(1, "да")
    vk.button_life_s = -1.0
    late = {"event_id": press.query_id, "user_id": 1, "peer_id": 1}
    assert refusal(api, "messages.sendMessageEventAnswer", late) == 100


def test_edit_loses_what_is_not_sent_again(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    photo = upload_photo(api)
    inline = '{"inline":true,"buttons":[[{"action":{"type":"text","label":"Да","payload":"{}"}}]]}'
    send(api, 1, "раз", 1, keyboard=inline, attachment=photo)
    cmid = vk.sent()[0].cmid
    assert vk.sent()[0].content == b"jpeg"
    assert api.method("messages.edit", {"peer_id": 1, "cmid": cmid, "message": "два"}) == 1
    shown = vk.view(1)[-1]
    assert (shown["text"], shown["attachments"], "keyboard" in shown) == ("два", [], False)
    assert refusal(api, "messages.edit", {"peer_id": 1, "cmid": 1, "message": "чужое"}) == 920
    api.method("messages.delete", {"peer_id": 1, "cmids": cmid, "delete_for_all": 1})
    assert len(vk.view(1)) == 1
    assert (vk.sent()[0].edited, vk.sent()[0].deleted) == (True, True)


def upload_photo(api: vk_api.VkApi) -> str:
    upload = vk_api.VkUpload(api)
    SESSIONS.append(upload.http)
    saved = upload.photo_messages(io.BytesIO(b"jpeg"), peer_id=1)[0]
    return f"photo{saved['owner_id']}_{saved['id']}_{saved['access_key']}"


def test_uploads_come_back_as_attachments(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    upload = vk_api.VkUpload(api)
    doc = upload.document_message(io.BytesIO(b"text"), title="a.txt", peer_id=1)["doc"]
    voice = upload.audio_message(io.BytesIO(b"ogg"), peer_id=1)["audio_message"]
    names = [
        upload_photo(api),
        f"doc{doc['owner_id']}_{doc['id']}",
        f"doc{voice['owner_id']}_{voice['id']}",
        "photo9_9",
    ]
    send(api, 1, "", 3, attachment=",".join(names))
    assert [one["type"] for one in vk.sent()[0].attachments] == ["photo", "doc", "audio_message"]
    assert api.http.get(doc["url"]).content == b"text" == vk.content(doc["url"])
    upload.http.close()


def test_pools_run_as_execute(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "x")
    with vk_api.VkRequestsPool(api) as pool:
        sends = [pool.method("messages.send", {"peer_id": 1, "message": str(n), "random_id": n}) for n in range(1, 28)]
        names = pool.method("users.get", {"user_ids": "1"})
        refused = pool.method("messages.send", {"peer_id": 5, "message": "x", "random_id": 9})
    assert [one.text for one in vk.sent()] == [str(n) for n in range(1, 28)]
    assert all(one.ok for one in sends)
    assert names.result[0]["id"] == 1
    assert refused.error["error_code"] == 901
    found, errors = vk_api.vk_request_one_param_pool(api, "messages.getHistory", "peer_id", [1, 5])
    assert found[1]["count"] == 28
    assert errors[5]["error_code"] == 936
    assert refusal(api, "execute", {"code": "return API.users.get({"}) == 12
    assert vk.count("execute") == 4


def test_answers_fit_the_schema(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.customer_says(1, "привет")
    send(api, 1, "и вам", 1)
    group = {"group_id": vk.group_id}
    api.method(
        "groups.addCallbackServer", {**group, "url": "http://127.0.0.1:9/x", "title": "otklik", "secret_key": "s"}
    )
    for method, values in (
        ("messages.getConversations", {"filter": "all", "extended": 1}),
        ("messages.getHistory", {"peer_id": 1}),
        ("messages.getByConversationMessageId", {"peer_id": 1, "conversation_message_ids": "1"}),
        ("messages.markAsRead", {"peer_id": 1}),
        ("messages.setActivity", {"peer_id": 1, "type": "typing"}),
        ("users.get", {"user_ids": "1"}),
        ("groups.getById", group),
        ("groups.getLongPollServer", group),
        ("groups.getLongPollSettings", group),
        ("groups.setLongPollSettings", {**group, "enabled": 1, "api_version": "5.199", "message_new": 1}),
        ("groups.getTokenPermissions", {}),
        ("groups.getCallbackConfirmationCode", group),
        ("groups.getCallbackServers", group),
        ("groups.setCallbackSettings", {**group, "server_id": 1, "message_new": 1}),
        ("photos.getMessagesUploadServer", {"peer_id": 1}),
        ("docs.getMessagesUploadServer", {"peer_id": 1, "type": "doc"}),
        ("wall.createComment", {"owner_id": -vk.group_id, "post_id": 1, "message": "ответ", "from_group": vk.group_id}),
    ):
        assert schema.answer_errors(method, api.method(method, values, raw=True)) == [], method
    assert [action.kind for action in vk.actions(1)] == ["read", "typing"]


def test_missed_dialogs_are_found_by_filter(vk: FakeVk, api: vk_api.VkApi) -> None:
    for user in (1, 2):
        vk.customer_says(user, "вопрос")
    send(api, 1, "ответ", 1)
    unanswered = api.method("messages.getConversations", {"filter": "unanswered"})
    assert [one["conversation"]["peer"]["id"] for one in unanswered["items"]] == [2]


def test_comment_guid_makes_one_comment(vk: FakeVk, api: vk_api.VkApi) -> None:
    comment = vk.wall_comment(1, "вопрос под записью")
    values = {
        "owner_id": -vk.group_id,
        "post_id": 1,
        "reply_to_comment": comment.comment_id,
        "message": "ответ",
        "guid": "g1",
    }
    assert api.method("wall.createComment", values) == api.method("wall.createComment", values)
    assert [one.text for one in vk.sent(-vk.group_id, thread=1)] == ["ответ"]


def test_wrong_token_rate_and_foreign_methods() -> None:
    with FakeVk(rate=3) as vk:
        assert refusal(vk_on(vk, token="stolen"), "users.get", {}) == 5
        assert refusal(vk_on(vk), "docs.getUploadServer", {}) in (27, 3)
        api = vk_on(vk)
        codes = []
        for _ in range(4):
            try:
                codes.append(api.method("users.get", {"user_ids": ""}) and 0)
            except vk_api.ApiError as error:
                codes.append(error.code)
        assert 6 in codes
        vk.set_token_revoked()
        assert refusal(api, "users.get", {}) == 5
        assert all("token" not in one.params for one in vk.calls)
