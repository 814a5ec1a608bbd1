"""What is measured of every product alike, ours among them."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.e2e.stack import Server

LANDING, PRICING, SIGN_IN = "landing", "pricing", "sign-in"


class CannotBeBuilt(Exception):
    """Why a peer is missing from the table, in a line."""


@dataclass(frozen=True)
class SetUp:
    """From `git clone` to the first page."""

    seconds: float
    size: int  # bytes on disk of all that is in the folder then


class Product(Protocol):
    """A product that has been set up, and can be started and stopped."""

    name: str
    url: str
    pages: dict[str, str]  # where it has its landing page, its prices, its log-in
    set_up: SetUp

    @property
    def server(self) -> Server:
        """Its process, which leads a session of its own."""
        ...

    def log_ins(self, count: int) -> list[bytes]:
        """Requests that log people in, each answered with a 303."""
        ...


def visit(url: str, path: str) -> bytes:
    """What somebody asks who has no account here."""
    host = url.partition("//")[2]
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip, br\r\n\r\n".encode()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def size_on_disk(folder: Path) -> int:
    """Bytes that this folder takes, what Git keeps for itself left out; a file with two names counts once."""
    seen = dict[tuple[int, int], int]()
    for at, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each != ".git"]
        for name in files:
            found = (Path(at) / name).lstat()
            seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())


def emptied(folder: Path) -> Path:
    """Nothing of an earlier time is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder
