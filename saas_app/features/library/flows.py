"""What takes a second try: two tabs that open the book at the same moment for the first time."""

from sqlalchemy.exc import IntegrityError

from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.features.library import service
from saas_app.features.library.service import Reading


async def open_chapter(viewer: Viewer, slug: str) -> Reading:
    """As the service's; it remembers the place."""
    try:
        return await db.run(viewer, service.open_chapter, slug)
    except IntegrityError:  # another tab was as quick, and the place is there now
        return await db.run(viewer, service.open_chapter, slug)


async def keep_place(viewer: Viewer, slug: str, block: int) -> None:
    """As the service's."""
    try:
        await db.run(viewer, service.keep_place, slug, block)
    except IntegrityError:  # as above
        await db.run(viewer, service.keep_place, slug, block)
