"""Book and reports can be taken out: the folder and the lines that join it, and the rest goes on."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stack import ROOT, surroundings

# Of each feature: the lines that join it, how many those are, and what nobody finds of it any more.
JOINS = {
    "library": (
        r"features\.library|^\s*library_pages,$|\*library_api\.routes|^READ = |\"(BookNote|ReadingPlace)\",$",
        8,
        ("/library", "book_notes", "reading_places"),
    ),
    "reports": (
        r"features\.reports|^\s*reports_pages,$|reports_api\.|\"(Letterhead|Report|ReportFile|ShareLink|printing)\",$",
        12,
        ("/reports", "/s/", "/settings/letterhead", "share_links", "letterheads", "report_files"),
    ),
}
ASK = """
from saas_app import saas_app
from saas_app.edge.pages import declared
from sqlmodel import SQLModel

print(*(route.path for route in {**declared.islands, **declared.members}.values()))
print(*(route.path for route in saas_app.api.routes))
print(*SQLModel.metadata.tables)
"""


@pytest.mark.parametrize("feature", JOINS)
def test_without_its_folder_and_the_lines_that_join_it_the_app_starts_and_names_it_nowhere(
    feature: str, tmp_path: Path
) -> None:
    lines_of_it, how_many, words = JOINS[feature]
    shutil.copytree(ROOT / "saas_app", tmp_path / "saas_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "rxconfig.py", tmp_path)
    shutil.rmtree(tmp_path / "saas_app" / "features" / feature)
    removed = 0
    for name in ("saas_app.py", "models.py", "site.py", "work.py"):
        path = tmp_path / "saas_app" / name
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not re.search(lines_of_it, line)]
        removed += len(lines) - len(kept)
        path.write_text("".join(kept).replace(" READ,", "") if feature == "library" else "".join(kept))
    assert removed == how_many, f"docs/{feature}.md says which lines"
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", ASK], cwd=tmp_path, env=surroundings(APP_ENV="test"), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "/scenarios" in done.stdout
    for word in words:
        assert word not in done.stdout
