"""What is packed of a built front end, and that nobody ever reads half of it."""

import gzip
from pathlib import Path

import brotli
import pytest

from scripts import pack

WORDS = b"a page of the product, said again and again. " * 40


@pytest.fixture
def client(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "assets/app.js", "assets/brick.png"):
        (tmp_path / name).write_bytes(WORDS)
    (tmp_path / "assets" / "tiny.js").write_bytes(b"1")
    return tmp_path


def names(client: Path) -> set[str]:
    return {str(path.relative_to(client)) for path in client.rglob("*") if path.is_file()}


PACKED = {f"{name}{form}" for name in ("index.html", "assets/app.js") for form in (".br", ".gz")}


def test_texts_worth_it_are_packed_in_both_forms_and_pictures_in_none(client: Path) -> None:
    before = names(client)
    pack.pack(client)
    assert names(client) - before == PACKED
    assert brotli.decompress((client / "index.html.br").read_bytes()) == WORDS
    assert gzip.decompress((client / "assets" / "app.js.gz").read_bytes()) == WORDS


def test_what_is_packed_beside_other_work_is_the_same(client: Path) -> None:
    before = names(client)
    pack.pack_meanwhile(client).join()
    assert names(client) - before == PACKED


def test_what_is_packed_already_stays_and_what_is_missing_is_made(client: Path) -> None:
    (client / "index.html.br").write_bytes(b"packed before")
    pack.pack(client)
    assert (client / "index.html.br").read_bytes() == b"packed before"
    assert not [name for name in names(client) if name.endswith(".part")]
    assert gzip.decompress((client / "index.html.gz").read_bytes()) == WORDS
