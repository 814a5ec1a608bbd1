"""When the front end is built again, in a small project that has all that a build looks at."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from scripts import build

FILES = ("rxconfig.py", "requirements.txt", "saas_app/page.py", "saas_app/loan.js", "assets/theme.css", "reflex.lock/a")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}")
    return tmp_path


@pytest.fixture
def builder(project: Path) -> ModuleType:
    """`scripts/build.py` of that project, after a build that went well."""
    (project / "scripts").mkdir()
    copy = project / "scripts" / "build.py"
    copy.write_text(Path(build.__file__).read_text())
    spec = importlib.util.spec_from_file_location("build_of_a_test", copy)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.STAMP.parent.mkdir(parents=True)
    module.STAMP.write_text(module.stamp(module.digest(module.sources())))
    return module


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_anything_that_pages_are_made_of_asks_for_a_build(
    project: Path, builder: ModuleType, name: str
) -> None:
    assert builder.is_current()
    (project / name).write_text("changed")
    assert not builder.is_current()


def test_what_running_and_editing_leaves_behind_asks_for_none(project: Path, builder: ModuleType) -> None:
    for name in ("saas_app/__pycache__/page.cpython-311.pyc", "saas_app/.page.py.swp", "assets/.DS_Store"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).touch()
    assert builder.is_current()


def test_a_build_that_broke_off_is_made_again_even_when_its_change_is_undone(
    project: Path, builder: ModuleType
) -> None:
    before = (project / "rxconfig.py").read_text()
    (project / "rxconfig.py").write_text("raise RuntimeError")
    with pytest.raises(SystemExit):
        builder.build()
    (project / "rxconfig.py").write_text(before)
    assert not builder.is_current()
