"""What `otklik doctor` looks at: the token, the way updates come, the operators' group and the bot's rights there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from channels.telegram.incoming.content import number, text_of
from channels.telegram.incoming.receive import hook_url
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import explain
from core.channel import Finding

_OK, _WARNING, _FATAL = "ok", "warning", "fatal"
_MANY = 100
Json = Mapping[str, Any]


async def check_bot(client: TelegramClient) -> Sequence[Finding]:
    me = await _ask(client, sdk.methods.GetMe)
    if isinstance(me, Finding):
        return (me,)
    found = [Finding(_OK, "Telegram token", f"the bot is @{text_of(me, 'username') or client.account}")]
    info = await _ask(client, sdk.methods.GetWebhookInfo)
    return [*found, info] if isinstance(info, Finding) else [*found, *_updates(client, info)]


def _updates(client: TelegramClient, info: Json) -> list[Finding]:
    """How updates come, and whether any are held up."""
    subject, url = "Telegram updates", text_of(info, "url")
    found = []
    if client.settings.mode == "polling":
        if url:
            text = "a webhook is set although the mode is polling; it is removed when the bot starts"
            remedy = "stop the other program that uses this token, or set the mode to webhook"
            found.append(Finding(_WARNING, subject, text, remedy))
    else:
        found += _webhook(client, url)
    pending, error = number(info, "pending_update_count") or 0, text_of(info, "last_error_message")
    if error and url:
        remedy = "look whether the public address reaches this server by https"
        found.append(Finding(_WARNING, subject, f"Telegram could not deliver: {error}", remedy))
    if pending >= _MANY:
        remedy = "start the bot; updates older than 24 hours are lost"
        found.append(Finding(_WARNING, subject, f"{pending} updates are waiting", remedy))
    return found or [Finding(_OK, subject, f"{client.settings.mode}, {pending} updates waiting")]


def _webhook(client: TelegramClient, url: str) -> list[Finding]:
    subject, wanted = "Telegram webhook", hook_url(client)
    found = []
    if not wanted.startswith("https://"):
        remedy = "put the server behind a proxy with a certificate and give its https address as the public one"
        found.append(Finding(_WARNING, subject, "the public address is http; Telegram itself wants https", remedy))
    if url != wanted:
        text = "another address is registered" if url else "no address is registered yet"
        found.append(Finding(_WARNING, subject, text, "it is registered when the bot starts"))
    return found


async def check_desk(client: TelegramClient) -> Sequence[Finding]:
    if client.desk_chat is None:
        return (Finding(_OK, "Telegram desk", "there is none; operators work in the console"),)
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
        remedy = "add the bot to the operators' group and check the group's id in the settings"
        return (Finding(_FATAL, subject, f"the operators' group is not to be seen: {chat.text}", remedy),)
    found = []
    if chat.get("is_forum") is not True:
        remedy = "switch on Topics in the settings of the group"
        found.append(Finding(_WARNING, subject, "topics are off: all conversations share one feed", remedy))
    member = await _ask(client, sdk.methods.GetChatMember, chat_id=chat_id, user_id=int(client.account))
    found += [member] if isinstance(member, Finding) else _rights(me, member, subject)
    return found or [Finding(_OK, subject, f"the group “{text_of(chat, 'title')}”")]


def _rights(me: Json, member: Json, subject: str) -> list[Finding]:
    status = text_of(member, "status")
    found = []
    if status in ("left", "kicked"):
        return [Finding(_FATAL, subject, "the bot is not in the operators' group", "add it as an administrator")]
    is_admin = status in ("administrator", "creator")
    if not is_admin or (status == "administrator" and member.get("can_manage_topics") is not True):
        remedy = "make the bot an administrator with the right to manage topics"
        found.append(Finding(_FATAL, subject, "the bot may not manage topics", remedy))
    if not is_admin and me.get("can_read_all_group_messages") is not True:
        remedy = "make the bot an administrator, or switch privacy mode off with @BotFather (/setprivacy)"
        found.append(Finding(_FATAL, subject, "privacy mode hides the operators' messages from the bot", remedy))
    return found


async def _ask(client: TelegramClient, method: type[sdk.TelegramMethod[Any]], **fields: Any) -> Json | Finding:
    """The answer, or what is wrong instead of it."""
    try:
        answer = await client.call(method, within=15, **fields)
    except (sdk.TelegramUnauthorizedError, sdk.TelegramNotFound):
        remedy = "get the token from @BotFather and put it into the settings"
        return Finding(_FATAL, "Telegram token", "Telegram refuses the token", remedy)
    except sdk.TelegramBadRequest as error:
        return Finding(_FATAL, "Telegram", error.message)
    except sdk.AiogramError as error:
        remedy = "check the network and the address of the Bot API server"
        return Finding(_FATAL, "Telegram", str(explain(error)), remedy)
    return answer if isinstance(answer, Mapping) else {}
