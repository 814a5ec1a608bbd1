"""What `make release` does to a folder that is in use."""

from pathlib import Path

from scripts import release


def test_a_new_release_removes_the_old_code_and_nothing_that_people_made(tmp_path: Path) -> None:
    ours = ("saas_app/gone.py", "alembic/versions/0001.py", ".web/build/client/index.html", "alembic.ini", "start")
    theirs = ("data/app.db", "data/stripe-live.env", ".env", "packages/bin/python", "notes.txt")
    for name in (*ours, *theirs):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    release.remove_leftovers(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(theirs)
    assert not any((tmp_path / name).exists() for name in ("saas_app", "alembic", ".web"))
