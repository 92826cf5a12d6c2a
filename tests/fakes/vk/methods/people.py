"""users.…, wall.…: names, comments."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.vk.errors import VkError, wrong
from tests.fakes.vk.methods import method
from tests.fakes.vk.methods.messages import attachments_of
from tests.fakes.vk.params import Params

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

COMMENT_LIMIT = 16384


@method("users.get")
def get_users(fake: FakeVk, p: Params) -> Any:
    wanted = p.words("user_ids")
    if len(wanted) > 1000:
        raise wrong("user_ids should contain at most 1000 items")
    found = [fake.world.users[int(one)] for one in wanted if one.isdigit() and int(one) in fake.world.users]
    basic = {"id", "first_name", "last_name", "can_access_closed", "is_closed", "deactivated", *p.words("fields")}
    return [{key: value for key, value in user.items() if key in basic} for user in found]


@method("wall.createComment")
def create_comment(fake: FakeVk, p: Params) -> Any:
    """A repeated `guid` makes no second comment."""
    post = p.number("post_id")
    text = p.text("message")
    if p.number("owner_id") != -fake.group_id or post not in fake.posts:
        raise VkError(15, "no access to comment on the post") if post else wrong("post_id is undefined")
    if not text and not p.words("attachments"):
        raise wrong("message is undefined")
    if len(text) > COMMENT_LIMIT:
        raise wrong("message is too long")
    parent = p.number("reply_to_comment")
    if parent and parent not in fake.world.comments:
        raise wrong("reply_to_comment is invalid")
    guid = p.text("guid")
    if guid and guid in fake.guids:
        return {"comment_id": fake.guids[guid], "parents_stack": fake.world.comments[fake.guids[guid]]["parents_stack"]}
    author = -p.number("from_group") if p.number("from_group") else -fake.group_id
    comment = fake.post_comment(
        author, text, post, parent, attachments_of(fake, Params({"attachment": p.raw.get("attachments")}))
    )
    if guid:
        fake.guids[guid] = comment["id"]
    fake.note_comment(comment, p.raw)
    return {"comment_id": comment["id"], "parents_stack": comment["parents_stack"]}


@method("utils.getServerTime")
def server_time(fake: FakeVk, p: Params) -> Any:
    return int(time.time())
