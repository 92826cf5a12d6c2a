"""A process of its own that encodes texts: long builds leave the bot's processor, memory and encoder alone.

python -m bot.knowledge.encoding_process FOLDER PART …: a JSON list of texts a line on standard input; for each a JSON
line with the number of bytes on standard output, and the vectors as 32-bit numbers behind it. Ends with its input.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.errors import Unavailable
from faq.encoder import WheelEncoder

if TYPE_CHECKING:
    from faq.encoder import Vectors

_NICENESS = 10


class ProcessEncoder:
    """The encoder of the installed wheels in a process that lives until `close`; for one thread."""

    def __init__(self, parts: Sequence[str], keep: Path | None = None) -> None:
        own = WheelEncoder(parts)  # loads nothing
        self._keep = keep
        self.name, self.parts, self.widths = own.name, own.parts, own.widths
        self._process: subprocess.Popen[bytes] | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text; raises Unavailable when the process cannot be started or has died."""
        import numpy as np

        try:
            process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(list(texts)).encode() + b"\n")
            process.stdin.flush()
            raw = _read_exactly(process.stdout, json.loads(process.stdout.readline()))
        except (OSError, ValueError) as error:
            raise Unavailable(f"the encoding process failed: {type(error).__name__}") from None
        return np.frombuffer(raw, dtype=np.float32).reshape(len(texts), sum(self.widths)).copy()

    def close(self) -> None:
        """End the process, also in the middle of a batch; may be called from another thread."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not sent yet is nobody's
                    pipe.close()  # type: ignore[union-attr]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bot.knowledge.encoding_process", str(self._keep or ""), *self.parts]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for the bot, which ends this one itself
        )
        return self._process


def _read_exactly(source: IO[bytes], count: int) -> bytes:
    raw = source.read(count)
    if len(raw) != count:
        raise ValueError("the vectors are cut off")
    return raw


def main(keep: str, *parts: str) -> None:
    """Serve until the input ends. `keep`: a folder for the file of an encoder, "" for none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever an engine prints must not come between the answers
    encoder = WheelEncoder(parts, Path(keep) if keep else None)
    for line in sys.stdin.buffer:
        raw = encoder.encode(json.loads(line)).tobytes()
        answers.write(json.dumps(len(raw)).encode() + b"\n" + raw)
        answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
