"""Telegram's updates to our events."""
