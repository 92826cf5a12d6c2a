"""Decisions on who is given what waits, and what leads ask about it."""
