"""What VK's error codes mean for a delivery."""

from __future__ import annotations

from core.errors import ChannelError, Permanent, Refusal, Retryable, Scope

TOO_FAST, FLOOD, SERVER_BUSY, CAPTCHA = 6, 9, 10, 14
BAD_PARAMETER, KEYBOARD_REFUSED, NO_BOT_FEATURES = 100, 911, 912
EDIT_TOO_LATE = frozenset({909, 920})
COMMENTS_CLOSED = frozenset({212, 213, 222, 223})  # no access, no right, no links, too many
FIRST_FLOOD_WAIT, LONGEST_FLOOD_WAIT = 30.0, 600.0

_TROUBLE = frozenset({1, SERVER_BUSY, 36})
_TOKEN = frozenset({2, 4, 5, 17, 27, 28, 1117, 3609})
_CAPTCHA = frozenset({CAPTCHA, 3300})
_QUOTA = frozenset({29, 103})
_UNREACHABLE = frozenset({18, 37, 113, 177, 900, 901, 902, 936, 985, 3610, 3611})
_CHATS = frozenset({917, 922, 925, 927, 932, 935, 945, 946, 947, 1012})
_RIGHTS = frozenset({7, 15, 20, 23, 42, 203, NO_BOT_FEATURES})
_OURS = frozenset({3, 8, 12, 13, BAD_PARAMETER, 910, KEYBOARD_REFUSED, 913, 914, 943, 944})


class VkError(Exception):
    """VK answered a call with an error; the text never holds parameters."""

    def __init__(self, method: str, code: int, text: str) -> None:
        super().__init__(f"{method}: error {code}: {text}")
        self.method = method
        self.code = code


def as_channel_error(refused: VkError, floods: int = 0) -> ChannelError:
    """What a delivery has to do about it; `floods` counts the flood errors of this customer before this one."""
    text, code = str(refused), refused.code
    if code == TOO_FAST:
        return Retryable(text, after=0.5, scope=Scope.ACCOUNT, counts=False)
    if code == FLOOD:
        wait = min(LONGEST_FLOOD_WAIT, FIRST_FLOOD_WAIT * 2.0 ** min(floods, 10))
        return Retryable(text, after=wait, counts=False)
    if code in _TROUBLE:
        return Retryable(text, is_uncertain=True)
    if code in _CAPTCHA or code in _TOKEN:
        return Retryable(text, after=60.0, scope=Scope.ACCOUNT, counts=False, alert=True)
    if code in _QUOTA:
        return Retryable(text, after=900.0, scope=Scope.ACCOUNT, counts=False, alert=True)
    return _refusal(text, code)


def _refusal(text: str, code: int) -> Permanent:
    if code in _UNREACHABLE:
        return Permanent(text, Refusal.UNREACHABLE)
    if code in _CHATS:
        return Permanent(text, Refusal.UNREACHABLE, alert=True)
    if code == 950:
        return Permanent(text, Refusal.TOO_LATE)
    if code in EDIT_TOO_LATE:
        return Permanent(text, Refusal.TOO_LATE)
    if code in _RIGHTS:
        return Permanent(text, Refusal.NO_RIGHTS, alert=True)
    return Permanent(text, Refusal.REJECTED, alert=code not in _OURS)
