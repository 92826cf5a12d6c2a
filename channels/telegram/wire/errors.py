"""What the Bot API's refusals mean for a delivery."""

from __future__ import annotations

from channels.telegram.wire import sdk
from channels.telegram.wire.session import NotConnectedError
from core.errors import ChannelError, Permanent, Refusal, Retryable, Scope, TopicGone

TOKEN_WAIT = 60.0  # seconds between tries with a token that is refused
DESK_WAIT = 60.0  # the same with a desk that cannot be reached

_UNREACHABLE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "user_is_blocked")
_FILE = ("file identifier", "file is too big", "file of type", "voice_messages_forbidden", "failed to get http url")
_TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid", "thread not found")
_NO_RIGHTS = ("not enough rights", "have no rights", "chat_admin_required", "need administrator rights")


def says(error: Exception, *phrases: str) -> bool:
    """Whether it is a refusal whose words contain one of these, in any case."""
    if not isinstance(error, sdk.TelegramAPIError):
        return False
    words = error.message.lower()
    return any(phrase.lower() in words for phrase in phrases)


def is_unchanged(error: Exception) -> bool:
    return says(error, "message is not modified", "topic_not_modified")


def is_uneditable(error: Exception) -> bool:
    return says(error, "message to edit not found", "message can't be edited", "message_id_invalid")


def is_topic_gone(error: Exception) -> bool:
    return says(error, *_TOPIC_GONE)


def is_no_forum(error: Exception) -> bool:
    return says(error, "chat is not a forum", "chat_not_forum")


def explain(error: Exception, *, is_idempotent: bool = False) -> ChannelError:
    """The core's word for an error met while sending to a customer.

    `is_idempotent`: doing it again is harmless, so an unknown outcome does not matter.
    """
    if isinstance(error, ChannelError):
        return error
    if isinstance(error, sdk.TelegramRetryAfter):
        return Retryable(f"Telegram asks to wait {error.retry_after} s", after=float(error.retry_after), counts=False)
    if isinstance(error, NotConnectedError):
        return Retryable(f"Telegram cannot be reached: {error.message}")
    if isinstance(error, sdk.TelegramNetworkError | sdk.TelegramServerError):
        return Retryable(f"Telegram did not answer: {error.message}", is_uncertain=not is_idempotent)
    if isinstance(error, sdk.ClientDecodeError):
        return Retryable("Telegram answered with something that is no JSON", is_uncertain=not is_idempotent)
    if isinstance(error, sdk.TelegramUnauthorizedError | sdk.TelegramNotFound):
        # a token that was never valid gets 404, a revoked one 401
        return Retryable("Telegram refuses the token", after=TOKEN_WAIT, scope=Scope.ACCOUNT, alert=True, counts=False)
    if isinstance(error, sdk.TelegramConflictError):
        return Retryable(f"Telegram: {error.message}", after=1.0)
    if isinstance(error, sdk.TelegramEntityTooLarge):
        return Permanent("the file is larger than Telegram takes", Refusal.FILE)
    return _refused(error)


def _refused(error: Exception) -> ChannelError:
    if not isinstance(error, sdk.TelegramAPIError):
        return Permanent(f"it could not be put into a request ({type(error).__name__})")
    if isinstance(error, sdk.TelegramForbiddenError) or says(error, *_UNREACHABLE):
        return Permanent(f"Telegram: {error.message}", Refusal.UNREACHABLE)
    if says(error, *_FILE):
        return Permanent(f"Telegram: {error.message}", Refusal.FILE)
    if says(error, *_NO_RIGHTS):
        return Permanent(f"Telegram: {error.message}", Refusal.NO_RIGHTS)
    return Permanent(f"Telegram: {error.message}")


def explain_desk(error: Exception, group: str, *, is_idempotent: bool = False) -> ChannelError:
    """The same for a group of operators, named `group`: trouble with it waits until a person has mended it."""
    if is_topic_gone(error):
        return TopicGone("the topic was deleted")
    if is_no_forum(error):
        return _desk_trouble(f"topics are switched off in {group}: switch them on in its settings")
    if says(error, *_NO_RIGHTS):
        return _desk_trouble(f"the bot may not manage topics in {group}: make it an administrator who may")
    explained = explain(error, is_idempotent=is_idempotent)
    if isinstance(explained, Permanent) and explained.reason is Refusal.UNREACHABLE:
        return _desk_trouble(f"{group} cannot be reached: is its id right, is the bot a member?")
    return explained


def _desk_trouble(text: str) -> Retryable:
    return Retryable(text, after=DESK_WAIT, counts=False, alert=True)
