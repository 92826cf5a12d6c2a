"""From a text to scored entries: candidates, features, ranking."""

import os

# Before numpy is loaded: a search is too short to be shared among threads, and each of them costs memory.
os.putenv("OPENBLAS_NUM_THREADS", "1")
