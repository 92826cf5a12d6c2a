"""Our messages and posts to Telegram's methods."""
