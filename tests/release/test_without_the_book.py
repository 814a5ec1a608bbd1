"""The book can be taken out: its folder and the lines that join it, and the rest goes on."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.stack import ROOT, surroundings

JOINS = re.compile(
    r"features\.library|^\s*library_pages,$|\*library_api\.routes|^READ = |\"(BookNote|ReadingPlace)\",$"
)
ASK = """
from saas_app import saas_app
from saas_app.edge.pages import declared
from sqlmodel import SQLModel

print(*(route.path for route in {**declared.islands, **declared.members}.values()))
print(*(route.path for route in saas_app.api.routes))
print(*SQLModel.metadata.tables)
"""


def test_without_its_folder_and_the_lines_that_join_it_the_app_starts_and_names_it_nowhere(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "saas_app", tmp_path / "saas_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "rxconfig.py", tmp_path)
    shutil.rmtree(tmp_path / "saas_app" / "features" / "library")
    removed = 0
    for name in ("saas_app.py", "models.py", "site.py"):
        path = tmp_path / "saas_app" / name
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not JOINS.search(line)]
        removed += len(lines) - len(kept)
        path.write_text("".join(kept).replace(" READ,", ""))
    assert removed == 8, "docs/library.md says which lines"
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", ASK], cwd=tmp_path, env=surroundings(APP_ENV="test"), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "/scenarios" in done.stdout
    for word in ("/library", "book_notes", "reading_places"):
        assert word not in done.stdout
