"""What happens in groups: members write, press, manage topics; the bot's rights change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.record import Record
from tests.fakes.telegram.people import find_button, text_content, thing_content
from tests.fakes.telegram.world import RIGHTS, Chat, Topic

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

BOT_RIGHTS = {
    right: right
    in ("can_manage_chat", "can_delete_messages", "can_pin_messages", "can_manage_topics", "can_invite_users")
    for right in RIGHTS
}


class Members:
    """Mixed into FakeTelegram; `chat` may be left out while there is one group only."""

    def add_forum(
        self: FakeTelegram,
        members: list[int] | None = None,
        title: str = "Операторы",
        rights: bool = True,
        admin: bool = True,
        is_forum: bool = True,
        admins: list[int] | None = None,
        chat: int | None = None,
    ) -> int:
        """A supergroup with topics. `admin`, `rights`: the bot is an administrator, with can_manage_topics."""
        with self.lock:
            number = chat or -1_002_000_000_001 - len(self.world.chats)
            card = {"id": number, "title": title, "type": "supergroup"} | ({"is_forum": True} if is_forum else {})
            group = self.world.chats[number] = Chat(number, card, bot_status="administrator" if admin else "member")
            group.bot_rights = dict(BOT_RIGHTS) if rights else dict.fromkeys(RIGHTS, False) | {"can_manage_chat": True}
            for member in [*(members or []), *(admins or [])]:
                self.world.user(member)
                group.members[member] = "administrator" if member in (admins or []) else "member"
            return number

    def add_group(
        self: FakeTelegram, members: list[int] | None = None, title: str = "Группа", chat: int = -4001
    ) -> int:
        """A basic group, which can be migrated."""
        with self.lock:
            self.world.chats[chat] = Chat(
                chat,
                {"id": chat, "title": title, "type": "group", "all_members_are_administrators": False},
                members=dict.fromkeys(members or [], "member"),
            )
            for member in members or []:
                self.world.user(member)
            return chat

    def forum(self: FakeTelegram, chat: int | None = None) -> Chat:
        if chat is not None:
            return self.world.chats[chat]
        groups = [one for one in self.world.chats.values() if one.type != "private" and one.migrated_to is None]
        if len(groups) != 1:
            raise LookupError(f"there are {len(groups)} groups: say which")
        return groups[0]

    def _enter(self: FakeTelegram, member: int, thread: int | None, chat: int | None) -> Chat:
        group = self.forum(chat)
        if member not in group.members:
            raise PermissionError(f"{member} is not a member of {group.id}")
        if thread:
            topic = self._topic(group, thread)
            if topic.closed and group.members[member] == "member":
                raise PermissionError("the topic is closed; only administrators write in it")
        self.seen_users.add(member)
        return group

    @staticmethod
    def _topic(group: Chat, thread: int) -> Topic:
        topic = group.topics[thread]
        if topic.deleted:
            raise LookupError(f"topic {thread} is deleted")
        return topic

    def member_says(
        self: FakeTelegram,
        member: int,
        text: str,
        thread: int | None = None,
        chat: int | None = None,
        reply_to: int | None = None,
        entities: list[dict[str, Any]] | None = None,
    ) -> Record:
        with self.lock:
            group, content = self._enter(member, thread, chat), text_content(text, entities)
            return self._arrive(group, self.world.user(member), content, thread=thread or None, reply_to=reply_to)

    def member_sends(
        self: FakeTelegram,
        member: int,
        kind: str,
        thread: int | None = None,
        content: bytes = b"bytes of a file",
        caption: str | None = None,
        chat: int | None = None,
        reply_to: int | None = None,
        file_name: str | None = None,
        **fields: Any,
    ) -> Record:
        with self.lock:
            group = self._enter(member, thread, chat)
            thing = thing_content(self, kind, content, caption, file_name, fields)
            return self._arrive(group, self.world.user(member), thing, thread=thread or None, reply_to=reply_to)

    def member_sends_album(
        self: FakeTelegram,
        member: int,
        thread: int | None = None,
        kinds: list[str] | None = None,
        caption: str | None = None,
        chat: int | None = None,
    ) -> Record:
        with self.lock:
            group = self._enter(member, thread, chat)
            return self._album(group, self.world.user(member), kinds, caption, thread or None)

    def member_edits(self: FakeTelegram, member: int, message_id: int, text: str, chat: int | None = None) -> Record:
        with self.lock:
            return self._edit(self.forum(chat), member, message_id, text)

    def member_presses(
        self: FakeTelegram,
        member: int,
        button: str,
        message_id: int | None = None,
        thread: int | None = None,
        chat: int | None = None,
    ) -> Record:
        """The newest such button in the topic (0: outside topics), or in the whole group."""
        with self.lock:
            group = self._enter(member, None, chat)
            shown = [m for m in group.messages.values() if thread is None or _thread_of(m) == thread]
            found = find_button(shown, button, message_id)
            if found is None:
                raise LookupError(f"no button {button!r} in the group")
            return self._press(group, member, found[0], found[1].get("callback_data"))

    # topics

    def member_creates_topic(self: FakeTelegram, member: int, name: str, chat: int | None = None) -> Record:
        with self.lock:
            group = self._enter(member, None, chat)
            topic = self.make_topic(group, self.world.user(member), name, {})
            return Record(chat=group.id, thread=topic.thread, message_id=topic.thread, at=time.time())

    def _toggle_topic(self: FakeTelegram, member: int, thread: int, chat: int | None, closed: bool) -> Record:
        group = self.forum(chat)
        topic = self._topic(group, thread)
        topic.closed = closed
        content: dict[str, Any] = {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
        message = self.tell_in_topic(group, self.world.user(member), topic, content)
        return Record(chat=group.id, thread=thread, message_id=message["message_id"], at=time.time())

    def member_closes_topic(self: FakeTelegram, member: int, thread: int, chat: int | None = None) -> Record:
        with self.lock:
            return self._toggle_topic(member, thread, chat, True)

    def member_reopens_topic(self: FakeTelegram, member: int, thread: int, chat: int | None = None) -> Record:
        with self.lock:
            return self._toggle_topic(member, thread, chat, False)

    def member_renames_topic(
        self: FakeTelegram, member: int, thread: int, name: str, chat: int | None = None
    ) -> Record:
        with self.lock:
            group = self.forum(chat)
            topic = self._topic(group, thread)
            topic.name = name
            message = self.tell_in_topic(group, self.world.user(member), topic, {"forum_topic_edited": {"name": name}})
            return Record(chat=group.id, thread=thread, message_id=message["message_id"], at=time.time())

    def member_deletes_topic(self: FakeTelegram, member: int, thread: int, chat: int | None = None) -> None:
        """The bot is not told, as in life."""
        with self.lock:
            group = self.forum(chat)
            self.world.delete_topic(group, self._topic(group, thread))

    def member_deletes_message(self: FakeTelegram, member: int, message_id: int, chat: int | None = None) -> None:
        with self.lock:
            del self.forum(chat).messages[message_id]

    # membership and rights

    def member_joins(self: FakeTelegram, member: int, chat: int | None = None) -> Record:
        with self.lock:
            group, user = self.forum(chat), self.world.user(member)
            group.members[member] = "member"
            return self._arrive(group, user, {"new_chat_members": [user]})

    def member_leaves(self: FakeTelegram, member: int, chat: int | None = None) -> Record:
        with self.lock:
            group, user = self.forum(chat), self.world.user(member)
            group.members.pop(member, None)
            return self._arrive(group, user, {"left_chat_member": user})

    def set_bot_rights(
        self: FakeTelegram, chat: int | None = None, admin: bool = True, by: int | None = None, **rights: bool
    ) -> Record:
        with self.lock:
            group = self.forum(chat)
            old = group.bot_status
            group.bot_rights |= rights
            group.bot_status = "administrator" if admin else "member"
            return self._my_status(group, by or next(iter(group.members), 1), old, group.bot_status)

    def kick_bot(self: FakeTelegram, chat: int | None = None) -> Record:
        with self.lock:
            group = self.forum(chat)
            old, group.bot_status = group.bot_status, "kicked"
            return self._my_status(group, next(iter(group.members), 1), old, "kicked")

    def return_bot(self: FakeTelegram, chat: int | None = None, admin: bool = True) -> Record:
        with self.lock:
            group = self.forum(chat)
            group.bot_status = "administrator" if admin else "member"
            return self._my_status(group, next(iter(group.members), 1), "kicked", group.bot_status)

    def set_forum(self: FakeTelegram, chat: int | None = None, is_forum: bool = True) -> None:
        """Topics switched on or off in the group's settings."""
        with self.lock:
            card = self.forum(chat).card
            card.pop("is_forum", None)
            if is_forum:
                card["is_forum"] = True

    def migrate(self: FakeTelegram, chat: int | None = None) -> int:
        """The group becomes a supergroup with a new id; the old one refuses from now on."""
        with self.lock:
            old = self.forum(chat)
            number = -1_003_000_000_001 - len(self.world.chats)
            card = old.card | {"id": number, "type": "supergroup"}
            card.pop("all_members_are_administrators", None)
            new = Chat(
                number,
                card,
                members=dict(old.members),
                bot_status=old.bot_status,
                bot_rights=dict(old.bot_rights),
                topics=dict(old.topics),
                last_id=old.last_id,
            )
            for message_id, message in old.messages.items():
                new.messages[message_id] = message | {"chat": card}
            self.world.chats[number] = new
            someone = self.world.user(next(iter(old.members), 1))
            self._arrive(old, someone, {"migrate_to_chat_id": number})
            self._arrive(new, someone, {"migrate_from_chat_id": old.id})
            old.migrated_to = number
            return number


def _thread_of(message: dict[str, Any]) -> int:
    """0 is General, where an answer carries the number of what it answers instead."""
    return int(message["message_thread_id"]) if message.get("is_topic_message") else 0
