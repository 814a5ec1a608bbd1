"""The book as EPUB 3: the same chapters in a zip archive, with a page that says for whom this copy was made.

https://www.w3.org/TR/epub-33/: `mimetype` first and not compressed, a container that names the package, a package that
lists every file, and a navigation document.
"""

import io
import uuid
import zipfile
from collections.abc import Iterator
from html import escape

from saas_app import site
from saas_app.core.words import _
from saas_app.features.library.book import Book, Chapter, book
from saas_app.features.library.stamp import stamp
from saas_app.purchases.deliverables import Buyer

MEDIA_TYPE = "application/epub+zip"

_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""

_STYLE = """
body { line-height: 1.5; }
h1, h2 { line-height: 1.2; text-align: left; }
h1 { margin: 2em 0 1em; }
h2 { margin-top: 1.8em; }
blockquote { margin: 1em 0; padding-left: 1em; border-left: 0.2em solid #b9482a; }
blockquote p { margin: 0; }
figure { margin: 1.5em 0; }
figcaption, .small { font-size: 0.85em; }
svg { width: 100%; max-width: 32em; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; font-size: 0.9em; }
th, td { padding: 0.3em 0.4em; border-bottom: 1px solid #94806f; text-align: left; vertical-align: top; }
.num { text-align: right; }
.title { text-align: center; margin-top: 30%; }
"""


def make(buyer: Buyer) -> bytes:
    """The file for one buyer. The same edition for the same purchase is the same file, to the byte."""
    found, held = book(), io.BytesIO()
    at = (found.edition.date.year, found.edition.date.month, found.edition.date.day, 0, 0, 0)
    with zipfile.ZipFile(held, "w") as archive:
        for place, (name, content) in enumerate(_files(found, buyer)):
            info = zipfile.ZipInfo(name, at)
            info.compress_type = zipfile.ZIP_DEFLATED if place else zipfile.ZIP_STORED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return held.getvalue()


def _files(found: Book, buyer: Buyer) -> Iterator[tuple[str, str]]:
    yield "mimetype", MEDIA_TYPE
    yield "META-INF/container.xml", _CONTAINER
    yield "book/package.opf", _package(found, buyer)
    yield "book/style.css", _STYLE
    yield "book/contents.xhtml", _contents(found)
    yield "book/title.xhtml", _title(found)
    yield "book/yours.xhtml", _yours(found, buyer)
    for chapter in found.chapters:
        body = f"<section><h1>{chapter.number}. {escape(chapter.title)}</h1>\n{chapter.html}</section>"
        yield f"book/{_file(chapter)}", _page(chapter.title, body, chapter.language)


def _package(found: Book, buyer: Buyer) -> str:
    pages = ["title.xhtml", "yours.xhtml", "contents.xhtml", *map(_file, found.chapters)]
    drawn = {_file(chapter) for chapter in found.chapters if "<svg" in chapter.html}
    items = "".join(
        f'<item id="p{place}" href="{name}" media-type="application/xhtml+xml"{_properties(name, drawn)}/>'
        for place, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="p{place}"/>' for place in range(len(pages)))
    copy = uuid.uuid5(uuid.NAMESPACE_URL, f"{buyer.purchase_id}/{found.edition.number}")
    access = {
        "schema:accessMode": "textual",
        "schema:accessModeSufficient": "textual",
        "schema:accessibilityFeature": "alternativeText",
        "schema:accessibilityHazard": "none",
        "schema:accessibilitySummary": escape(_("Every drawing has a text alternative.")),
    }
    metas = "".join(f'<meta property="{name}">{value}</meta>' for name, value in access.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="copy" xml:lang="{found.language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="copy">urn:uuid:{copy}</dc:identifier>
<dc:title>{escape(found.title)}</dc:title><dc:language>{found.language}</dc:language>
<dc:creator>{escape(site.COMPANY)}</dc:creator><dc:date>{found.edition.date}</dc:date>
<meta property="dcterms:modified">{found.edition.date}T00:00:00Z</meta>{metas}
</metadata>
<manifest><item id="style" href="style.css" media-type="text/css"/>{items}</manifest>
<spine>{spine}</spine>
</package>
"""


def _properties(name: str, drawn: set[str]) -> str:
    found = "nav" if name == "contents.xhtml" else "svg" if name in drawn else ""
    return f' properties="{found}"' if found else ""


def _contents(found: Book) -> str:
    lines = "".join(f'<li><a href="{_file(chapter)}">{escape(chapter.title)}</a></li>' for chapter in found.chapters)
    title = _("Contents")
    return _page(title, f'<nav epub:type="toc"><h1>{escape(title)}</h1><ol>{lines}</ol></nav>')


def _title(found: Book) -> str:
    words = f"<h1>{escape(found.title)}</h1><p>{escape(found.subtitle)}</p><p>{escape(site.COMPANY)}</p>"
    return _page(found.title, f'<section class="title">{words}</section>')


def _yours(found: Book, buyer: Buyer) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in stamp(found, buyer))
    title = _("Your copy")
    return _page(title, f'<section class="small"><h1>{escape(title)}</h1>{lines}</section>')


def _file(chapter: Chapter) -> str:
    return f"{chapter.number:02}-{chapter.slug}.xhtml"


def _page(title: str, body: str, language: str = "") -> str:
    said = language or book().language
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{said}" xml:lang="{said}">
<head><title>{escape(title)}</title><link rel="stylesheet" href="style.css"/></head>
<body>{body}</body>
</html>
"""
