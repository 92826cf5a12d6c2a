"""`python -m tests.fakes.vk`."""

from tests.fakes.command import main
from tests.fakes.vk import FakeVk

main(FakeVk)
