"""Whatever moment the app dies at: what it has acknowledged is stored, once, and what comes of it comes once."""

import uuid
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.conftest import LOGIN, _as_login, administer
from tests.proofs.killing import FEWEST, Killed, prove


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Callable[[str], str]]:
    """`new_database("postgresql")` is the address of an empty one."""
    made: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            (tmp_path / "killed" / "data").mkdir(parents=True)
            return f"sqlite:///{tmp_path / 'killed' / 'data' / 'app.db'}"
        admin, _ = request.getfixturevalue("postgresql_admin"), request.getfixturevalue("postgresql_template")
        made.append(f"killed_{uuid.uuid4().hex[:12]}")
        administer(admin, f"CREATE DATABASE {made[-1]} OWNER {LOGIN}")
        return _as_login(admin, made[-1])

    yield make
    for name in made:
        administer(request.getfixturevalue("postgresql_admin"), f"DROP DATABASE {name} WITH (FORCE)")


LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("kind", "processes", "kills"),
    [
        pytest.param("sqlite", 1, 3, id="sqlite"),
        pytest.param("sqlite", 1, 15, id="sqlite-1", marks=LONG),
        pytest.param("sqlite", 2, 15, id="sqlite-2", marks=LONG),
        pytest.param("postgresql", 1, 15, id="postgresql-1", marks=LONG),
        pytest.param("postgresql", 2, 15, id="postgresql-2", marks=LONG),
    ],
)
def test_what_was_acknowledged_is_stored_and_done_once_however_often_it_dies(
    built_app: Path, tmp_path: Path, new_database: Callable[[str], str], kind: str, processes: int, kills: int
) -> None:
    sent = prove(Killed(tmp_path / "stack", new_database(kind), processes), kills)
    print(f"{kind}, {processes}: {len(sent.acknowledged)} acknowledged, {sent.asked_again} asked again")  # noqa: T201
    assert len(sent.acknowledged) >= kills * FEWEST
    assert sent.asked_again > 0


@pytest.mark.long
@pytest.mark.parametrize("without", ["conflict", "lease", "transaction"])
def test_without_one_of_its_guards_the_same_proof_fails(
    built_app: Path, tmp_path: Path, new_database: Callable[[str], str], without: str
) -> None:
    noticed = {"conflict": "500", "lease": "more than once", "transaction": "more than once"}
    with pytest.raises(AssertionError, match=noticed[without]):
        prove(Killed(tmp_path / "stack", new_database("sqlite"), 1, without=without), kills=4)
