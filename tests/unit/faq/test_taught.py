"""What E5 was taught, put into the file its engine reads."""

import struct
from pathlib import Path

import numpy as np
import pytest

from faq.wheels.taught import BEGINNING, BLOCK, VOCABULARY, Place, change, places, sum_of, write_taught

FACTORS = np.array([0.5, 2.0, -0.25], dtype=np.float16)
NUMBERS = np.array([1.0, -1.0], dtype=np.float32)


def model() -> bytes:
    """A file as the engine has it, of two pieces of words, three blocks of weights and two other numbers."""
    blocks = np.zeros(3, dtype=list(BLOCK))
    blocks["factor"], blocks["weights"] = FACTORS, np.arange(48).reshape(3, 16)
    head = BEGINNING.pack(b"E5S1", 1, 32, 1, 1, 32, 2, 8, 1, 1e-12, 32)
    head += VOCABULARY.pack(2, 0, 1, 1, 0, 5) + struct.pack("<3I2f", 0, 2, 5, -1.0, -2.0) + b"hello"
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", ord("A"), 1, ord("a"))
    entries = (("l0.q.w", 1, 96, blocks.tobytes()), ("l0.q.b", 0, 2, NUMBERS.tobytes()))
    start = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in entries)
    directory, body = struct.pack("<i", len(entries)), b""
    for name, kind, count, raw in entries:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, start + len(body), len(raw))
        body += raw
    return head + directory + body


def test_numbers_are_found_by_name() -> None:
    raw = model()
    assert places(raw) == {
        "l0.q.w": Place(len(raw) - 62, 54, True),
        "l0.q.b": Place(len(raw) - 8, 8, False),
    }


def test_factors_grow_by_shares_and_other_numbers_by_what_is_added(tmp_path: Path) -> None:
    own, learned, target = tmp_path / "own.bin", tmp_path / "learned.npz", tmp_path / "taught.bin"
    own.write_bytes(model())
    learned_factors = np.array([[64, 0, -64]], dtype=np.int8)
    np.savez(learned, **{"l0.q.w": learned_factors, "l0.q.b": np.array([0.5, 0], dtype=np.float16)})
    with target.open("w+b") as file:
        write_taught(own, learned, file)
    raw = target.read_bytes()
    where = places(raw)
    blocks = np.frombuffer(raw, list(BLOCK), 3, where["l0.q.w"].start)
    assert blocks["factor"].tolist() == (FACTORS * [1.0625, 1, 0.9375]).tolist()
    assert blocks["weights"].ravel().tolist() == list(range(48))
    assert np.frombuffer(raw, "<f4", 2, where["l0.q.b"].start).tolist() == [1.5, -1.0]
    assert raw[: where["l0.q.w"].start] == model()[: where["l0.q.w"].start]


@pytest.mark.parametrize(
    ("learned", "error"),
    [({"l0.q.b": np.zeros(3)}, ValueError), ({"l9.q.b": np.zeros(2)}, KeyError)],
)
def test_what_was_learned_for_another_model_is_refused(learned: dict[str, np.ndarray], error: type[Exception]) -> None:
    with pytest.raises(error):
        change(bytearray(model()), learned)


def test_another_file_is_no_model() -> None:
    with pytest.raises(ValueError, match="not a model"):
        places(bytes(100))


def test_its_name_changes_with_what_is_learned(tmp_path: Path) -> None:
    one, other = tmp_path / "1.npz", tmp_path / "2.npz"
    one.write_bytes(b"one")
    other.write_bytes(b"other")
    assert sum_of(one) != sum_of(other)
