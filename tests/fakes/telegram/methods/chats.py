"""What the bot asks about itself and its chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.methods import method
from tests.fakes.telegram.methods.access import open_chat
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

DOWNLOAD_LIMIT = 20 * 1024 * 1024
GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
PERMISSIONS = dict.fromkeys(
    (
        "can_send_messages",
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
    ),
    True,
) | {"can_manage_topics": False}


@method("getMe")
def get_me(fake: FakeTelegram, p: Params) -> Any:
    return fake.world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": not fake.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getChat")
def get_chat(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p, write=False)
    info = chat.card | {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": GIFTS}
    return info if chat.type == "private" else info | {"permissions": PERMISSIONS}


@method("getChatMember")
def get_chat_member(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p, write=False)
    number = p.number("user_id")
    if number not in fake.world.users:
        raise Bad("PARTICIPANT_ID_INVALID")
    return fake.world.member(chat, number)


@method("getChatAdministrators")
def get_administrators(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p, write=False)
    if chat.type == "private":
        raise Bad("there are no administrators in the private chat")
    people = [number for number, status in chat.members.items() if status in ("administrator", "creator")]
    if chat.bot_status == "administrator":
        people.append(fake.bot_id)
    return [fake.world.member(chat, number) for number in people]


@method("getChatMemberCount")
def count_members(fake: FakeTelegram, p: Params) -> Any:
    return len(open_chat(fake, p, write=False).members) + 1


@method("setMyCommands")
def set_commands(fake: FakeTelegram, p: Params) -> Any:
    commands = p.json("commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise Bad("expected an Array of BotCommand")
    fake.commands[_scope(p)] = commands
    return True


@method("getMyCommands")
def get_commands(fake: FakeTelegram, p: Params) -> Any:
    return fake.commands.get(_scope(p), [])


@method("deleteMyCommands")
def delete_commands(fake: FakeTelegram, p: Params) -> Any:
    fake.commands.pop(_scope(p), None)
    return True


def _scope(p: Params) -> tuple[str, str]:
    return str(p.json("scope") or {"type": "default"}), p.text("language_code")


@method("getFile")
def get_file(fake: FakeTelegram, p: Params) -> Any:
    file = fake.world.files.get(p.text("file_id"))
    if file is None:
        raise Bad("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT:
        raise Bad("file is too big")
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size, "file_path": file.path}


def _answer_true(name: str) -> None:
    @method(name)
    def agree(fake: FakeTelegram, p: Params) -> Any:
        return True


for _name in (
    "setMyName",
    "setMyDescription",
    "setMyShortDescription",
    "setChatMenuButton",
    "setMyDefaultAdministratorRights",
):
    _answer_true(_name)


@method("getWebhookInfo")
def webhook_info(fake: FakeTelegram, p: Params) -> Any:
    return fake.webhook.info()


@method("setWebhook")
def set_webhook(fake: FakeTelegram, p: Params) -> Any:
    url = p.text("url")
    fake.remember_allowed(p)
    if not url:
        return delete_webhook(fake, p)
    connections = p.number("max_connections", 40)
    settings = {"url": url, "secret": p.text("secret_token"), "max_connections": min(max(connections, 1), 100)}
    fake.webhook.set(settings, p.flag("drop_pending_updates"))
    return True


@method("deleteWebhook")
def delete_webhook(fake: FakeTelegram, p: Params) -> Any:
    fake.webhook.clear()
    if p.flag("drop_pending_updates"):
        fake.updates.waiting.clear()
    return True
