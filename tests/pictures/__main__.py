"""Photograph every page in every state: `python -m tests.pictures [--only WORD…]`. They go to build/pictures."""

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests import conftest
from tests.e2e.browsing import TIMEOUT_MILLISECONDS, launched
from tests.e2e.stack import ROOT
from tests.pictures import scenes
from tests.pictures.album import Album
from tests.pictures.studio import Scene, Studio

assert conftest  # leaves nothing of the developer's own settings

FOLDER = ROOT / "build" / "pictures"


def main(only: list[str]) -> int:
    """Play every scene that has a state to take; 1 when one of them failed."""
    if not only:
        shutil.rmtree(FOLDER, ignore_errors=True)
    album = Album(FOLDER, only)
    wanted = [each for each in scenes.all_of_them() if any(album.wants(state) for state in each.states)]
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        expect.set_options(timeout=TIMEOUT_MILLISECONDS)
        studio = Studio(launched(playwright, "--hide-scrollbars"), album, Path(folder))
        try:
            for each in wanted:
                failed += _played(studio, each)
        finally:
            studio.close()
    album.close()
    _say(f"{len(album.taken)} states, {len(album.taken) * 6} pictures: {FOLDER / 'index.html'}")
    for each in failed:
        _say(f"FAILED  {each}")
    return 1 if failed else 0


def _played(studio: Studio, scene: Scene) -> list[str]:
    """Play one scene; what is wrong with it."""
    began, before = time.monotonic(), len(studio.album.taken)
    wrong = []
    try:
        with studio.scene():
            scene.play(studio)
    except Exception:  # the others go on, whatever it is
        traceback.print_exc()
        wrong.append(scene.name)
    missing = [each for each in scene.states if studio.album.wants(each) and each not in studio.album.taken[before:]]
    strange = [each for each in studio.album.taken[before:] if each not in scene.states]
    _say(f"{time.monotonic() - began:5.1f} s  {scene.name}")
    return [*wrong, *(f"{scene.name}: {each} was not taken" for each in missing if not wrong), *strange]


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    asked.add_argument("--only", nargs="+", default=[], metavar="WORD", help="states whose name holds one of these")
    raise SystemExit(main(asked.parse_args().only))
