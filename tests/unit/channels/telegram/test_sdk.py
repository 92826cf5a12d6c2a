"""aiogram comes light, whole, and leaves pydantic as it was."""

from __future__ import annotations

import subprocess
import sys

import pydantic
import pytest

from channels.telegram.wire import sdk

_MEASURE = """
import sys
import channels.telegram
import psutil
print(psutil.Process().memory_info().rss / 2**20)
"""
_WHOLE = """
from channels.telegram.wire import sdk
import aiogram, pydantic

class Mine(pydantic.BaseModel):
    other: "Other"

class Other(pydantic.BaseModel):
    x: int

assert Mine.model_rebuild() is True
assert Mine.model_validate({"other": {"x": 1}}).other.x == 1
namespace = vars(aiogram.types)
aiogram.types.User.model_rebuild(_types_namespace=namespace)
assert aiogram.types.User(id=1, is_bot=False, first_name="x").id == 1
"""
_LATE = """
import aiogram
import pydantic
before = pydantic.BaseModel.__dict__["model_rebuild"]
from channels.telegram.wire import sdk
assert pydantic.BaseModel.__dict__["model_rebuild"] is before
assert aiogram.types.Message.__pydantic_complete__
"""


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_memory_of_a_fresh_process() -> None:
    assert float(run(_MEASURE)) < 90


def test_pydantic_and_aiogram_work_afterwards() -> None:
    run(_WHOLE)
    assert "channels" not in pydantic.BaseModel.model_rebuild.__func__.__module__  # type: ignore[attr-defined]


@pytest.mark.slow
def test_somebody_imported_aiogram_before() -> None:
    run(_LATE)


def test_a_method_with_its_fields_only() -> None:
    made = sdk.with_fields(sdk.methods.SendMessage, {"chat_id": 1, "text": "x"})
    assert isinstance(made, sdk.methods.SendMessage)
    assert made.model_fields_set == {"chat_id", "text"}
    assert made.text == "x"
    error = sdk.TelegramRetryAfter(method=made, message="slow down", retry_after=3)
    assert "chat 1" in str(error)
