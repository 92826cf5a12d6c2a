"""The customers' side in a real Chromium."""
