"""A logo as somebody sends it: looked at, and drawn anew, so that nothing but a picture is kept."""

import io
import warnings
from typing import TYPE_CHECKING

from saas_app.core import written
from saas_app.core.errors import BadInput
from saas_app.core.words import _

if TYPE_CHECKING:
    from PIL import Image

LARGEST_FILE = 100 * 1024
LARGEST_SIDE = 4_000  # pixels; a small file may unfold to more memory than we have
KEPT_SIZE = (600, 240)  # 50 × 18 mm at 300 dots per inch

_UNKNOWN = _("This is not a picture that we can read. Please choose a PNG or a JPEG.")


def read_logo(sent: bytes) -> bytes:
    """The picture as a small PNG on white; raises BadInput with a message for `logo`."""
    from PIL import Image  # here, since few processes ever draw one

    if len(sent) > LARGEST_FILE:
        raise BadInput(
            {
                "logo": _("This file is larger than {most} kB. Please choose a smaller one.").format(
                    most=LARGEST_FILE // 1024
                )
            }
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=("PNG", "JPEG")) as found:
                if max(found.size) > LARGEST_SIDE:
                    raise BadInput(
                        {
                            "logo": _("Please choose a picture of at most {most} pixels a side.").format(
                                most=written.number(LARGEST_SIDE)
                            )
                        }
                    )
                return _drawn(found)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadInput({"logo": _UNKNOWN}) from error


def _drawn(found: "Image.Image") -> bytes:
    from PIL import Image

    seen = found.convert("RGBA")
    seen.thumbnail(KEPT_SIZE)
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    out = io.BytesIO()
    paper.convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()
