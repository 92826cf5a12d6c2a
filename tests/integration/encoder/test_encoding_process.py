"""The encoders of the wheels in a process of their own; only where the wheels are installed."""

from __future__ import annotations

import os

import numpy as np
import pytest

from bot.knowledge.encoding_process import ProcessEncoder
from core.errors import Unavailable
from faq.encoder import WheelEncoder, available

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not available(), reason="no encoder is installed")]


def test_same_vectors_as_in_this_process() -> None:
    texts = ["Как вернуть товар?", "где мой заказ\0", "🙂", ""]
    encoder = ProcessEncoder(available())
    try:
        found = [encoder.encode(texts), encoder.encode(texts[:1])]
    finally:
        encoder.close()
    wanted = WheelEncoder().encode(texts)
    np.testing.assert_allclose(found[0], wanted, atol=1e-5)
    np.testing.assert_allclose(found[1], wanted[:1], atol=1e-5)


def test_process_ends_with_the_encoder_and_its_death_is_told() -> None:
    encoder = ProcessEncoder(available()[:1])
    encoder.encode(["вопрос"])
    process = encoder._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(Unavailable):
        encoder.encode(["вопрос"])
    encoder.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
