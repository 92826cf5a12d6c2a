"""A server that behaves like the VK API, its long poll and its Callback API."""

from tests.fakes.vk.fake import FakeVk

__all__ = ["FakeVk"]
