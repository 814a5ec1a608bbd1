"""The same served app as the journeys use, for people who bring their own program instead of a browser."""

import pytest

from tests.e2e.conftest import built_app, stack
from tests.e2e.stack import Stack
from tests.socket.people import Account, open_account

assert built_app, stack


@pytest.fixture
def ada(stack: Stack) -> Account:
    return open_account(stack.url, "Ada")


@pytest.fixture
def bob(stack: Stack) -> Account:
    return open_account(stack.url, "Bob")
