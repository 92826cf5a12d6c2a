"""What hands a conversation to people."""

from __future__ import annotations

from enum import StrEnum


class Trigger(StrEnum):
    BUTTON = "button"  # the customer pressed "operator"
    WORDS = "words"  # the customer asked for a person in words
    COMMAND = "command"  # /operator
    REOPENED = "reopened"  # the customer was not content with how it was closed
    RULE = "rule"  # an if-then rule
    OPERATOR = "operator"  # an operator stepped in unasked
