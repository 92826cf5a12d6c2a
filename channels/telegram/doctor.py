"""What `otklik doctor` looks at: the token, the way updates come, the operators' group and the bot's rights there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from channels.telegram.incoming.content import number, text_of
from channels.telegram.incoming.receive import hook_url
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import explain
from core.finding import Finding

_OK, _WARNING, _FATAL = "ok", "warning", "fatal"
_MANY = 100
Json = Mapping[str, Any]


async def check_bot(client: TelegramClient) -> Sequence[Finding]:
    me = await _ask(client, sdk.methods.GetMe)
    if isinstance(me, Finding):
        return (me,)
    found = [Finding(_OK, "Telegram token", "telegram_bot", {"name": text_of(me, "username") or client.account})]
    info = await _ask(client, sdk.methods.GetWebhookInfo)
    return [*found, info] if isinstance(info, Finding) else [*found, *_updates(client, info)]


def _updates(client: TelegramClient, info: Json) -> list[Finding]:
    """How updates come, and whether any are held up."""
    subject, url = "Telegram updates", text_of(info, "url")
    found = []
    if client.settings.mode == "polling":
        if url:
            found.append(Finding(_WARNING, subject, "telegram_hook_beside"))
    else:
        found += _webhook(client, url)
    pending, error = number(info, "pending_update_count") or 0, text_of(info, "last_error_message")
    if error and url:
        found.append(Finding(_WARNING, subject, "telegram_undelivered", {"why": error}))
    if pending >= _MANY:
        found.append(Finding(_WARNING, subject, "telegram_updates_wait", {"count": pending}))
    return found or [Finding(_OK, subject, "telegram_updates", {"mode": client.settings.mode, "count": pending})]


def _webhook(client: TelegramClient, url: str) -> list[Finding]:
    subject, wanted = "Telegram webhook", hook_url(client)
    found = []
    if not wanted.startswith("https://"):
        found.append(Finding(_WARNING, subject, "telegram_hook_http"))
    if url != wanted:
        found.append(Finding(_WARNING, subject, "telegram_hook_other" if url else "telegram_hook_none"))
    return found


async def check_desk(client: TelegramClient) -> Sequence[Finding]:
    if client.desk_chat is None:
        return (Finding(_OK, "Telegram desk", "desk_none"),)
    me = await _ask(client, sdk.methods.GetMe)
    if isinstance(me, Finding):  # and that was said of the bot
        return ()
    found = [*await _check_group(client, me, await _where(client, client.desk_chat), "Telegram desk")]
    for home, chat in client.further.items():
        found += await _check_group(client, me, await _where(client, chat), f"Telegram desk {home}")
    return found


async def _where(client: TelegramClient, chat_id: int) -> int:
    """The group's id now: it changes when a group becomes a supergroup, and the settings need not."""
    try:
        await client.call(sdk.methods.GetChat, within=15, chat_id=chat_id)
    except sdk.TelegramMigrateToChat as error:
        return int(error.migrate_to_chat_id)
    except (sdk.AiogramError, OSError):
        pass  # the next look says what is wrong
    return chat_id


async def _check_group(client: TelegramClient, me: Json, chat_id: int, subject: str) -> Sequence[Finding]:
    chat = await _ask(client, sdk.methods.GetChat, chat_id=chat_id)
    if isinstance(chat, Finding):
        return (Finding(_FATAL, subject, "desk_unseen", {"why": chat}),)
    found = []
    if chat.get("is_forum") is not True:
        found.append(Finding(_WARNING, subject, "desk_without_topics"))
    member = await _ask(client, sdk.methods.GetChatMember, chat_id=chat_id, user_id=int(client.account))
    found += [member] if isinstance(member, Finding) else _rights(me, member, subject)
    return found or [Finding(_OK, subject, "desk_fine", {"title": text_of(chat, "title")})]


def _rights(me: Json, member: Json, subject: str) -> list[Finding]:
    status = text_of(member, "status")
    found = []
    if status in ("left", "kicked"):
        return [Finding(_FATAL, subject, "desk_not_in")]
    is_admin = status in ("administrator", "creator")
    if not is_admin or (status == "administrator" and member.get("can_manage_topics") is not True):
        found.append(Finding(_FATAL, subject, "desk_no_right"))
    if not is_admin and me.get("can_read_all_group_messages") is not True:
        found.append(Finding(_FATAL, subject, "desk_privacy"))
    return found


async def _ask(client: TelegramClient, method: type[sdk.TelegramMethod[Any]], **fields: Any) -> Json | Finding:
    """The answer, or what is wrong instead of it."""
    try:
        answer = await client.call(method, within=15, **fields)
    except (sdk.TelegramUnauthorizedError, sdk.TelegramNotFound):
        return Finding(_FATAL, "Telegram token", "telegram_token_refused")
    except sdk.TelegramBadRequest as error:
        return Finding(_FATAL, "Telegram", "telegram_refuses", {"why": error.message})
    except sdk.AiogramError as error:
        return Finding(_FATAL, "Telegram", "telegram_away", {"why": explain(error)})
    return answer if isinstance(answer, Mapping) else {}
