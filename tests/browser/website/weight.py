"""Weighs the chat as a browser would fetch it: compressed, every file once."""

from __future__ import annotations

import re
import urllib.request


def fetch(address: str) -> tuple[int, str]:
    """Bytes over the wire, and the text."""
    import gzip

    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as response:
        raw = response.read()
        text = gzip.decompress(raw) if response.headers.get("Content-Encoding") == "gzip" else raw
    return len(raw), text.decode()


def weigh(base: str, key: str) -> tuple[int, int]:
    """The loader; then the frame with everything it loads."""
    loader, _ = fetch(f"{base}/widget.js")
    frame, html = fetch(f"{base}/widget/frame?key={key}")
    paths = set(re.findall(r'(?:src|href)="(/widget/static/[^"]+)"', html))
    return loader, frame + sum(fetch(base + path)[0] for path in paths)
