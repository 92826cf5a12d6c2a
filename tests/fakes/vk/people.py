"""What customers and the community's own people do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes.record import Record
from tests.fakes.vk.keyboard import payload_of
from tests.fakes.vk.things import geo, make
from tests.fakes.vk.world import Dialog

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

BUTTON_ACTIONS = ["text", "vkpay", "open_app", "location", "open_link", "open_photo", "callback"]


def client_info(inline: bool) -> dict[str, Any]:
    return {
        "button_actions": BUTTON_ACTIONS if inline else ["text"],
        "keyboard": True,
        "inline_keyboard": inline,
        "carousel": False,
        "lang_id": 0,
    }


class People:
    """Mixed into FakeVk."""

    def add_user(self: FakeVk, user: int, **fields: Any) -> Record:
        with self.lock:
            return Record(self.world.user(user, **fields))

    def _arrive(self: FakeVk, user: int, text: str, inline: bool = True, **fields: Any) -> Record:
        self.world.user(user)
        dialog = self.world.dialog(user)
        if dialog.refusal == 18:
            raise PermissionError(f"{user} is deleted")
        dialog.allowed = True
        message = self.world.post(dialog, user, text, **fields)
        told: Any = message
        if tuple(map(int, self.api_version.split("."))) >= (5, 103):
            told = {"message": message, "client_info": client_info(inline)}
        made = self._made(message, self.tell("message_new", told))
        self.journal.said.append(made)
        return made

    def _made(self: FakeVk, message: dict[str, Any], event: Record) -> Record:
        return Record(
            event,
            chat=message["peer_id"],
            user=message["from_id"],
            message_id=message["id"],
            cmid=message["conversation_message_id"],
            thread=None,
            kind=message["attachments"][0]["type"]
            if message["attachments"]
            else "location"
            if "geo" in message
            else "text",
            text=message["text"],
        )

    def customer_says(
        self: FakeVk,
        user: int,
        text: str,
        payload: Any = None,
        reply_to: int | None = None,
        forward: list[int] | None = None,
        inline: bool = True,
        ref: str = "",
    ) -> Record:
        """`payload`: a string as it is, anything else as JSON; `reply_to`, `forward`: conversation message ids.

        `ref`: what the link carried by which the customer came to the chat.
        """
        with self.lock:
            dialog = self.world.dialog(user)
            packed = payload if payload is None or isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
            reply = self.world.foreign(dialog.messages[reply_to]) if reply_to else None
            quoted = [self.world.foreign(dialog.messages[number]) for number in forward or []]
            link = {"ref": ref} if ref else {}
            return self._arrive(user, text, inline, payload=packed, reply_message=reply, fwd_messages=quoted, **link)

    def customer_starts(self: FakeVk, user: int) -> Record:
        return self.customer_says(user, "Начать", {"command": "start"})

    def customer_sends(
        self: FakeVk,
        user: int,
        kind: str,
        content: bytes = b"bytes of a file",
        text: str = "",
        file_name: str | None = None,
        **fields: Any,
    ) -> Record:
        with self.lock:
            if kind in ("location", "geo"):
                return self._arrive(user, text, geo=geo(fields))
            return self._arrive(
                user, text, attachments=[make(self.world, self.base, kind, user, content, file_name, fields)]
            )

    def customer_sends_album(
        self: FakeVk, user: int, count: int = 3, text: str = "", kinds: list[str] | None = None
    ) -> Record:
        """One message with several attachments: VK has no other albums."""
        with self.lock:
            chosen = kinds or ["photo"] * count
            things = [
                make(self.world, self.base, kind, user, f"{kind} {number}".encode(), None, {})
                for number, kind in enumerate(chosen)
            ]
            return self._arrive(user, text, attachments=things)

    def customer_edits(self: FakeVk, user: int, cmid: int, text: str) -> Record:
        with self.lock:
            message = self.world.dialog(user).messages[cmid]
            if message["from_id"] != user:
                raise PermissionError("only the author edits a message")
            message |= {"text": text, "update_time": int(self.now())}
            return self._made(message, self.tell("message_edit", message))

    def customer_types(self: FakeVk, user: int) -> Record:
        with self.lock:
            return self.tell("message_typing_state", {"state": "typing", "from_id": user, "to_id": -self.group_id})

    def customer_presses(self: FakeVk, user: int, button: str, cmid: int | None = None, stale: bool = False) -> Record:
        """By label, part of a label, or payload: text buttons say their label, callback ones make a `message_event`.

        `stale`: `button` is the payload of a callback button that is no longer shown.
        """
        with self.lock:
            dialog = self.world.dialog(user)
            if stale:
                return self._press(dialog, user, button, cmid or dialog.last_cmid)
            found = self._find_button(dialog, button, cmid)
            if found is None:
                raise LookupError(f"no button {button!r} before {user}")
            number, one = found
            action = one["action"]
            if dialog.keyboard and dialog.keyboard["one_time"] and number == dialog.keyboard_cmid:
                dialog.keyboard = None
            if action["type"] == "callback":
                return self._press(dialog, user, payload_of(one), number)
            if action["type"] == "location":
                return self._arrive(user, "", geo=geo({}), payload=payload_of(one))
            if action["type"] != "text":
                raise LookupError(f"a press on a button {action['type']} tells the bot nothing")
            return self._arrive(user, action["label"], payload=payload_of(one))

    @staticmethod
    def _find_button(dialog: Dialog, button: str, cmid: int | None) -> tuple[int, dict[str, Any]] | None:
        shown = [
            (number, message["keyboard"])
            for number, message in reversed(dialog.messages.items())
            if "keyboard" in message
        ]
        if dialog.keyboard is not None:
            shown.append((dialog.keyboard_cmid, dialog.keyboard))
        tests = (
            lambda one: button in (one["action"].get("label"), payload_of(one)),
            lambda one: button.lower() in str(one["action"].get("label", "")).lower(),
        )
        for is_it in tests:
            for number, keyboard in shown:
                for row in keyboard["buttons"] if cmid in (None, number) else []:
                    for one in row:
                        if is_it(one):
                            return number, one
        return None

    def _press(self: FakeVk, dialog: Dialog, user: int, payload: str | None, cmid: int) -> Record:
        event_id = self.new_event_id()[:12]
        told = {
            "user_id": user,
            "peer_id": dialog.peer,
            "event_id": event_id,
            "payload": self.world.event_payload(payload),
            "conversation_message_id": cmid,
        }
        event = self.tell("message_event", told)
        press = Record(
            event,
            query_id=event_id,
            user=user,
            chat=dialog.peer,
            cmid=cmid,
            payload=payload,
            answered=False,
            at=self.now(),
        )
        self.presses[event_id] = press
        return press

    def customer_allows(self: FakeVk, user: int, key: str = "") -> Record:
        with self.lock:
            self.world.user(user)
            dialog = self.world.dialog(user)
            dialog.allowed, dialog.refusal = True, 0
            return self.tell("message_allow", {"user_id": user, "key": key})

    def customer_denies(self: FakeVk, user: int) -> Record:
        with self.lock:
            self.world.dialog(user).allowed = False
            return self.tell("message_deny", {"user_id": user})

    def customer_deactivates(self: FakeVk, user: int) -> None:
        with self.lock:
            self.world.user(user, deactivated="deleted")
            self.world.dialog(user).refusal = 18

    def set_refusal(self: FakeVk, user: int, code: int) -> None:
        """What sending to this user is answered with: 900, 902, 950 …; 0: nothing."""
        with self.lock:
            self.world.dialog(user).refusal = code

    def admin_says(
        self: FakeVk,
        user: int,
        text: str,
        admin_id: int = 1,
        kind: str | None = None,
        content: bytes = b"bytes of a file",
    ) -> Record:
        """A person answers from the community page."""
        with self.lock:
            things = [make(self.world, self.base, kind, -self.group_id, content, None, {})] if kind else []
            message = self.world.post(
                self.world.dialog(user), -self.group_id, text, attachments=things, admin_author_id=admin_id
            )
            return self._made(message, self.tell("message_reply", message))

    def wall_comment(
        self: FakeVk, user: int, text: str, post_id: int = 1, reply_to_comment: int | None = None
    ) -> Record:
        with self.lock:
            self.world.user(user)
            self.posts.add(post_id)
            comment = self.post_comment(user, text, post_id, reply_to_comment or 0, [])
            return Record(self.last_event, comment_id=comment["id"], post_id=post_id)

    def push(self: FakeVk, type: str, object: Any, **fields: Any) -> Record:
        """Any event, as it is."""
        with self.lock:
            return self.tell(type, object, forced=True, **fields)

    def push_poison(self: FakeVk) -> Record:
        """An event in which nothing is where it should be."""
        return self.push(
            "message_new", {"message": {"id": "many", "peer_id": None, "text": ["no", "text"]}, "client_info": []}
        )
