"""What the bot knows: FAQ entries, the search among them and the verdict on a customer's words."""

import os

# Before numpy is loaded by any part of the room: a search is too short to be shared among threads, and each of them
# costs memory.
os.putenv("OPENBLAS_NUM_THREADS", "1")
os.putenv("OMP_NUM_THREADS", "1")
