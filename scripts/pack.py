"""Pack what browsers are sent of the built front end as well as it can be: brotli and gzip, beside each file.

A file is sent as it is until it has been packed, so a start need not wait for this. What is packed already stays.
"""

import gzip
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import brotli

from scripts.build import ROOT

CLIENT = ROOT / ".web" / "build" / "client"
PACKABLE = {".js", ".css", ".html", ".json", ".svg", ".xml", ".txt", ".map", ".mjs"}
LEAST_BYTES = 256  # below, the headers weigh more than what is spared
FORMS: dict[str, Callable[[bytes], bytes]] = {
    ".br": lambda plain: brotli.compress(plain, quality=11),
    ".gz": lambda plain: gzip.compress(plain, 9, mtime=0),
}
PATIENCE = 10  # of Linux's nice: whoever looks at the first page goes before


def unpacked(client: Path) -> list[tuple[Path, str]]:
    """Every file that is worth packing, with each form that it lacks."""
    found = (path for path in sorted(client.rglob("*")) if path.suffix in PACKABLE and path.is_file())
    large = [path for path in found if path.stat().st_size >= LEAST_BYTES]
    return [(path, form) for path in large for form in FORMS if not path.with_name(path.name + form).is_file()]


def pack(client: Path = CLIENT) -> None:
    """Pack everything, with all processors."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(lambda each: _pack(*each), unpacked(client)))


def pack_meanwhile(client: Path = CLIENT) -> threading.Thread:
    """Pack everything beside what else is done here, one file after the other; it ends with this process."""

    def one_by_one() -> None:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PATIENCE)
        with suppress(OSError):  # a new build has taken the place of this one, or the disk is full
            for each in unpacked(client):
                _pack(*each)

    packing = threading.Thread(target=one_by_one, daemon=True)
    packing.start()
    return packing


def _pack(plain: Path, form: str) -> None:
    """Whole or not at all: a server may be reading."""
    target = plain.with_name(plain.name + form)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")  # others may be packing too
    part.write_bytes(FORMS[form](plain.read_bytes()))
    part.replace(target)
