"""The log of events that open pages follow, and how one process hears of another's."""
