"""Settings of surveys and measures."""

from __future__ import annotations

from bot.settings import kinds
from bot.settings.setting import Setting
from core.text import Text
from surveys.asking import Limits, read_limits, write_limits
from surveys.quality import USUAL, read_scorecard, write_scorecard

SURVEY_LIMITS = Setting(
    "surveys.limits",
    Limits(),
    read_limits,
    write_limits,
    Text("fault.form.limits"),
    "how often a customer is asked, over all surveys, and when not; counts_closing: the closing question counts, too",
)
SERVICE_LEVEL_WITHIN = kinds.span(
    "measures.service_level_within", "60s", "within which time a request should be taken; the service level's share"
)
RETURN_WINDOW = kinds.span(
    "measures.return_window", "7d", "a return on the same subject within this time means it was not settled at once"
)
FOLLOW_UP_WITHIN = kinds.span("surveys.follow_up_within", "1d", "by when somebody gets back to a dissatisfied customer")
SCORECARD = Setting(
    "quality.scorecard",
    USUAL,
    read_scorecard,
    write_scorecard,
    Text("fault.form.scorecard"),
    "what a supervisor looks at in a conversation, and how much each thing weighs",
)
REVIEWS_EACH = kinds.number(
    "quality.reviews_each", 3, "conversations of each operator drawn for review in a week", most=50
)
DIGEST = kinds.flag("digest.weekly", True, "tell the leads on Monday morning, in their topic, how the week before went")
