"""Parameters and files of a request, whatever way its body is encoded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web


@dataclass(slots=True)
class Upload:
    content: bytes
    file_name: str
    content_type: str


class BadBody(Exception):
    """The body cannot be read."""


async def read_body(request: web.BaseRequest) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Query string and body together; the body wins. JSON keeps its types, the rest are strings."""
    params: dict[str, Any] = dict(request.query) if request.query_string else {}
    files: dict[str, Upload] = {}
    if not request.body_exists:
        return params, files
    content_type = request.content_type
    if content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            content = bytes(await part.read(decode=True))
            if part.filename is None:
                params[part.name] = content.decode("utf-8", "replace")
            else:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                files[part.name] = Upload(content, part.filename, kind)
        return params, files
    raw = await request.read()
    if content_type == "application/json":
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise BadBody(str(error)) from None
        if not isinstance(body, dict):
            raise BadBody("an object is expected")
        params.update(body)
    else:
        params.update(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    return params, files
