"""Who may read what of the book. Whoever asks for a chapter or writes beside it passes `require_book`, each time."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from sqlmodel import Session, col, func, select

from saas_app.billing.service import day
from saas_app.core import clock, written
from saas_app.core.errors import Conflict, NotFound, Refused
from saas_app.core.rls_session import owner_of
from saas_app.core.words import _, ngettext
from saas_app.dashboard.service import Recent
from saas_app.features.library.book import Book, Chapter, book
from saas_app.features.library.files import BOOK, FILES
from saas_app.features.library.forms import read_note
from saas_app.features.library.highlights import marked
from saas_app.features.library.models import BookNote, ReadingPlace
from saas_app.finder.places import Place
from saas_app.purchases.entitlements import owned
from saas_app.purchases.models import Purchase, Standing
from saas_app.purchases.service import FileView

MOST_NOTES = 1_000


@dataclass(frozen=True)
class ContentsLine:
    """A chapter in the table of contents."""

    number: int
    title: str
    href: str
    is_here: bool = False
    notes: str = ""


@dataclass(frozen=True)
class NoteView:
    """One note, and where in the text it belongs."""

    id: str
    quote: str
    words: str
    date: str
    href: str


@dataclass(frozen=True)
class Reading:
    """A chapter as its owner sees it. `resume` is the block to go to; `news` is what a later edition has changed."""

    slug: str
    number: int
    of: int
    title: str
    language: str
    html: Markup
    edition: str
    news: str
    contents: list[ContentsLine]
    notes: list[NoteView]
    before: ContentsLine | None
    after: ContentsLine | None
    block: int
    resume: int


@dataclass(frozen=True)
class Shelf:
    """What the library page says of the book to this person. `place` is "" until they have begun to read."""

    title: str = ""
    subtitle: str = ""
    edition: str = ""
    changes: str = ""
    is_owned: bool = False
    is_waiting: bool = False
    is_disputed: bool = False
    place: str = ""
    notes: str = ""
    contents: tuple[ContentsLine, ...] = ()
    files: tuple[FileView, ...] = ()


class NotYours(Refused):
    """The book was never bought, or its price was given back."""

    status = 402

    def __init__(self) -> None:
        super().__init__(_("You do not own this book, or not any more, so nothing was opened or kept."))


class NotebookFull(Conflict):
    """More notes than anybody writes by hand."""

    def __init__(self) -> None:
        super().__init__(
            _("The margin is full: it holds {most} notes. Delete some to write more.").format(
                most=written.number(MOST_NOTES)
            )
        )


def require_book(session: Session) -> None:
    """Go on only if the book is this person's at this moment; raises NotYours."""
    if BOOK not in owned(session):
        raise NotYours


def shelf(session: Session) -> Shelf:
    """Read without owning it: the names of the chapters are on the cover, so to speak."""
    found, mine = book(), owned(session).get(BOOK)
    standings = () if mine else _standings(session)
    at, counts = _place(session), _counts(session) if mine else {}
    chapter = found.chapter(at.chapter) if at and mine else None
    notes = sum(counts.values())
    return Shelf(
        title=found.title,
        subtitle=found.subtitle,
        edition=found.edition.words,
        changes=found.edition.changes,
        is_owned=mine is not None,
        is_waiting=Standing.PROCESSING in standings,
        is_disputed=Standing.FROZEN in standings,
        place=_("Chapter {number}: {title}").format(number=chapter.number, title=chapter.title) if chapter else "",
        notes=_count(notes) if notes else "",
        contents=tuple(_contents(found, counts)),
        files=tuple(FileView(name, f"/purchases/{mine.id}/{name}") for name, *_ in FILES) if mine else (),
    )


def places(session: Session) -> list[Place]:
    """The chapters, for whoever owns the book and looks for one by its name."""
    if BOOK not in owned(session):
        return []
    return [
        Place(f"{line.number}. {line.title}", _("Chapter"), line.href) for line in _contents(book(), _counts(session))
    ]


def open_chapter(session: Session, slug: str) -> Reading:
    """A chapter for somebody who owns the book, and from now on their place in it. Raises NotYours and NotFound."""
    require_book(session)
    chapter = _chapter(slug)
    at = _place(session)
    reading = _reading(session, chapter, at, resume=0)
    if at is None or at.chapter != slug or at.edition != book().edition.number:
        _put_place(session, at, slug, 0)
    return reading


def latest(session: Session) -> list[Recent]:
    """Where this person stopped reading."""
    seen = shelf(session)
    return [Recent(seen.title, seen.place, "/library/book", inside=False)] if seen.place else []


def resume(session: Session) -> Reading | None:
    """The chapter where this person stopped, or the first one; None for whoever does not own the book."""
    if BOOK not in owned(session):
        return None
    at = _place(session)
    chapter = (book().chapter(at.chapter) if at else None) or book().chapters[0]
    return _reading(session, chapter, at, resume=at.block if at and at.chapter == chapter.slug else 0)


def keep_place(session: Session, slug: str, block: int) -> None:
    """Remember how far somebody has come."""
    require_book(session)
    _put_place(session, _place(session), _chapter(slug).slug, block)


def add_note(session: Session, typed: Mapping[str, str]) -> NoteView:
    """Keep a note or a highlight. Raises NotYours, BadInput by field, and NotebookFull."""
    require_book(session)
    form = read_note(typed)
    chapter = _chapter(form.chapter)
    if session.exec(select(func.count(col(BookNote.id)))).one() >= MOST_NOTES:
        raise NotebookFull
    row = BookNote(
        user_id=owner_of(session),
        product_key=BOOK,
        chapter=chapter.slug,
        block=form.block,
        quote=form.quote,
        words=form.words,
        edition=book().edition.number,
    )
    session.add(row)
    session.flush()
    return _note(row)


def delete_note(session: Session, note_id: str) -> str:
    """Delete a note of one's own; gives the chapter that it was in. NotFound is the same for another's and for none."""
    row = session.exec(select(BookNote).where(BookNote.id == note_id)).first()
    if row is None:
        raise NotFound(_("This note does not exist (any more)."))
    session.delete(row)
    return row.chapter


def _chapter(slug: str) -> Chapter:
    found = book().chapter(slug)
    if found is None:
        raise NotFound(_("There is no chapter of this name."))
    return found


def _reading(session: Session, chapter: Chapter, at: ReadingPlace | None, *, resume: int) -> Reading:
    found, counts = book(), _counts(session)
    query = select(BookNote).where(BookNote.product_key == BOOK, BookNote.chapter == chapter.slug)
    notes = session.exec(query.order_by(col(BookNote.block), col(BookNote.created_at))).all()
    contents = _contents(found, counts, here=chapter.slug)
    place = chapter.number - 1
    return Reading(
        slug=chapter.slug,
        number=chapter.number,
        of=len(contents),
        title=chapter.title,
        language=chapter.language,
        html=Markup(marked(chapter.html, [(note.block, note.quote) for note in notes])),  # noqa: S704 (our own text)
        edition=found.edition.words,
        news=found.news_since(at.edition) if at else "",
        contents=contents,
        notes=[_note(row) for row in notes],
        before=contents[place - 1] if place else None,
        after=contents[place + 1] if place + 1 < len(contents) else None,
        block=at.block if at and at.chapter == chapter.slug else 0,
        resume=resume,
    )


def _contents(found: Book, counts: dict[str, int], here: str = "") -> list[ContentsLine]:
    return [
        ContentsLine(
            number=each.number,
            title=each.title,
            href=f"/library/book/{each.slug}",
            is_here=each.slug == here,
            notes=_count(counts[each.slug]) if each.slug in counts else "",
        )
        for each in found.chapters
    ]


def _count(notes: int) -> str:
    return ngettext("{count} note", "{count} notes", notes).format(count=notes)


def _counts(session: Session) -> dict[str, int]:
    """How many notes there are in each chapter."""
    query = select(BookNote.chapter, func.count(col(BookNote.id))).where(BookNote.product_key == BOOK)
    return dict(session.exec(query.group_by(col(BookNote.chapter))).all())


def _note(row: BookNote) -> NoteView:
    anchor = f"#b{row.block}" if row.block else "#notes"
    return NoteView(
        id=row.id,
        quote=row.quote,
        words=row.words,
        date=day(row.created_at),
        href=f"/library/book/{row.chapter}{anchor}",
    )


def _place(session: Session) -> ReadingPlace | None:
    return session.exec(select(ReadingPlace).where(ReadingPlace.product_key == BOOK)).first()


def _put_place(session: Session, at: ReadingPlace | None, slug: str, block: int) -> None:
    at = at or ReadingPlace(user_id=owner_of(session), product_key=BOOK, chapter=slug)
    at.chapter, at.block, at.edition, at.at = slug, block, book().edition.number, clock.now()
    session.add(at)


def _standings(session: Session) -> tuple[Standing, ...]:
    rows = session.exec(select(Purchase).where(Purchase.product_key == BOOK)).all()
    return tuple(row.standing for row in rows)
