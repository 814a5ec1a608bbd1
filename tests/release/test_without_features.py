"""What is sold can be taken out: its folder and its line in site.py, and the rest goes on and leads nowhere empty."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stack import ROOT, surroundings

FOLDER = ROOT / "saas_app" / "features"
FEATURES = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
# Every page is drawn, as a build does it, and every address that it names is collected.
WALK = """
import json
from itertools import chain
from saas_app import saas_app
from saas_app.edge.pages import declared
from sqlmodel import SQLModel
from reflex_base.registry import RegistrationContext

def parts(component):
    yield component
    yield from chain.from_iterable(map(parts, component.children))

pages = {kwargs["route"]: draw() for draw, kwargs in RegistrationContext.ensure_context().decorated_pages}
drawn = [part for page in pages.values() for part in parts(page)]
named = [getattr(part, name, None) for part in drawn for name in ("href", "to", "action")]
for page in pages.values():
    page.render()
print(json.dumps({
    "doors": [*pages, *(route.path for route in saas_app.api.routes)],
    "links": sorted({str(getattr(each, "_var_value", each)) for each in named if each is not None}),
    "tables": list(SQLModel.metadata.tables),
}))
"""


def used_by_others() -> set[str]:
    """The features that another one stands on; they go with it."""
    found = set()
    for name in FEATURES:
        code = "\n".join(path.read_text() for path in (FOLDER / name).rglob("*.py"))
        found |= set(re.findall(r"saas_app\.features\.(\w+)", code)) - {name}
    return found


DOCUMENT = (ROOT / "docs" / "your-own-product.md").read_text()
ALONE = [(each,) for each in sorted(FEATURES - used_by_others())]


@pytest.mark.parametrize("gone", [*ALONE, tuple(sorted(FEATURES))], ids="+".join)
def test_without_a_feature_every_page_is_drawn_and_names_it_nowhere(gone: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "saas_app", tmp_path / "saas_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "rxconfig.py", tmp_path)
    whole = walked(ROOT)
    for name in gone:
        shutil.rmtree(tmp_path / "saas_app" / "features" / name)
    site = tmp_path / "saas_app" / "site.py"
    lines = site.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not re.match(rf'\s+Part\("({"|".join(gone)})"', line)]
    assert len(lines) - len(kept) == len(gone), "one line for each in site.FEATURES"
    site.write_text("".join(kept))
    left = walked(tmp_path)
    vanished = set(whole["doors"]) - set(left["doors"])
    assert vanished
    assert not vanished & {link.partition("?")[0] for link in left["links"]}, "links into nowhere"
    assert set(whole["tables"]) > set(left["tables"])


def test_the_example_of_the_document_is_a_product_of_its_own(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "saas_app", tmp_path / "saas_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "rxconfig.py", tmp_path)
    for name in FEATURES:
        shutil.rmtree(tmp_path / "saas_app" / "features" / name)
    files = re.findall(r"```python\n# (saas_app/features/\S+)\n(.*?)```", DOCUMENT, re.S)
    (tmp_path / files[0][0]).parent.mkdir()
    for name, code in (*files, (f"{Path(files[0][0]).parent}/__init__.py", "")):
        (tmp_path / name).write_text(code)
    (part,) = re.findall(r"`(Part\(.*?\),)`", DOCUMENT, re.S)
    site, plans = tmp_path / "saas_app" / "site.py", tmp_path / "saas_app" / "billing" / "plans.py"
    site.write_text(re.sub(r"FEATURES = \(.*?\n\)", f"FEATURES = (\n    {part}\n)", site.read_text(), flags=re.S))
    plans.write_text(
        plans.read_text().replace('SCENARIOS = "scenarios"', 'SCENARIOS = "scenarios"\n    NOTES = "notes"')
    )
    made = walked(tmp_path)
    assert "/notes" in made["doors"]
    assert "/notes" in made["links"]
    assert "notes" in made["tables"]


_walks: dict[Path, dict[str, Any]] = {}


def walked(folder: Path) -> dict[str, Any]:
    """What the app in this folder has: pages and routes, links between them, and tables."""
    if folder not in _walks:
        done = subprocess.run(  # noqa: S603 (our own)
            [sys.executable, "-c", WALK], cwd=folder, env=surroundings(APP_ENV="test"), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        _walks[folder] = json.loads(done.stdout.splitlines()[-1])
    return _walks[folder]
