"""`python -m tests.fakes.telegram`."""

from tests.fakes.command import main
from tests.fakes.telegram import FakeTelegram

main(FakeTelegram)
