"""The browser of the journeys, for the release."""

import fcntl
import os
from pathlib import Path

import pytest

from scripts import release
from tests.e2e.conftest import built_app, chromium, open_browser, playwright, visitor

assert [built_app, chromium, open_browser, playwright, visitor]


@pytest.fixture(scope="session")
def release_folder(built_app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by the script, once for all workers of this run."""
    shared = tmp_path_factory.getbasetemp().parent
    made = shared / f"released-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    with (shared / "release.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not made.exists():
            release.release()
            made.touch()
    return release.RELEASE
