"""Pages as they go over the wire."""

import gzip

import brotli
import pytest

from saas_app.edge.packed import Page

HTML = b"<p>the same words</p>" * 200


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("gzip; q=0", ""),
        ("brought, ungzipped", ""),
        ("", ""),
    ],
)
def test_a_page_comes_in_the_best_coding_that_is_accepted_and_says_the_same(
    accepted: str, coding: str, kept: bool
) -> None:
    body, said = Page(HTML, "", kept=kept).packed(accepted)
    assert said == coding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
    assert unpack[coding](body) == HTML


WORDS = " ".join(f"<li>{number * 7919 % 10007}</li>" for number in range(3000)).encode()


@pytest.mark.parametrize("accepted", ["br", "gzip"])
def test_a_page_that_is_kept_goes_out_at_once_and_smaller_from_when_it_is_packed_well(accepted: str) -> None:
    page = Page(WORDS, "", kept=True)
    first, _ = page.packed(accepted)
    assert not page.is_final(accepted)
    page.pack_well(accepted)
    second, _ = page.packed(accepted)
    assert page.is_final(accepted)
    assert len(second) < len(first)


def test_a_page_for_one_visitor_is_never_packed_well() -> None:
    page = Page(WORDS, "", kept=False)
    first = page.packed("br")
    assert page.is_final("br")
    page.pack_well("br")
    assert page.packed("br") == first


def test_what_is_in_a_page_validates_it_however_it_is_packed() -> None:
    assert (
        Page(HTML, "", kept=True).etag == Page(HTML, "other", kept=False).etag != Page(HTML + b"!", "", kept=True).etag
    )
