"""Memory that the start took and does not need again is given back to the system."""

from __future__ import annotations

import ctypes
import gc


def settle_down() -> None:
    """Call it once in a process, when everything that lives as long as the process is there.

    Throws away what nobody refers to, lets the C library return its free pages (glibc keeps them otherwise, some 10 MB
    after an index was built), and takes the rest out of the collector's rounds: what is there now is never collected.
    """
    gc.collect()
    give_back()
    gc.freeze()


def give_back() -> None:
    """Let the C library return its free pages; quick, and other threads run on meanwhile."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own; elsewhere nothing is to be done
    if trim is not None:
        trim(0)
