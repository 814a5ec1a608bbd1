"""What the proofs stand on: one sandbox for a worker's tests, and scenes on it."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.billing.conftest import LogIn, doors, log_in, sandbox, shop, stripe
from tests.e2e.conftest import built_app
from tests.proofs.scene import Scene

__all__ = ["LogIn", "built_app", "doors", "log_in", "sandbox", "shop", "stripe"]

OpenScene = Callable[..., Scene]


@pytest.fixture
def open_scene(sandbox: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[OpenScene]:
    """`open_scene()` is a shop in which nothing has happened yet; only one is open at a time."""
    opened: list[Scene] = []

    def open_one(base: str = "") -> Scene:
        while opened:
            opened.pop().close()
        opened.append(Scene(sandbox, sqlite_template, tmp_path_factory.mktemp("scene"), base))
        return opened[-1]

    yield open_one
    while opened:
        opened.pop().close()
