"""Platforms to test against: real HTTP servers that behave like the Bot API and the VK API."""
