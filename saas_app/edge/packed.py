"""A page ready to be sent, packed as its browser likes it best: brotli (RFC 7932), gzip (RFC 1952), or plain."""

import gzip
import hashlib
from functools import cached_property

import brotli  # pyright: ignore[reportMissingTypeStubs]


def _brotli(plain: bytes, *, well: bool) -> bytes:
    """Well is a tenth smaller, and takes a hundred times as long."""
    return bytes(brotli.compress(plain, quality=11 if well else 5))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]


def _gzip(plain: bytes, *, well: bool) -> bytes:
    return gzip.compress(plain, 9 if well else 4)


_PACKERS = {"br": _brotli, "gzip": _gzip}


def _best(accepted: str) -> str:
    """The best coding among those that a request accepts (RFC 9110, section 12.5.3)."""
    wanted = {each.strip().lower() for each in accepted.split(",") if not each.replace(" ", "").endswith(";q=0")}
    names = {each.partition(";")[0].strip() for each in wanted}
    return next((way for way in _PACKERS if way in names), "")


class Page:
    """The bytes of a page with its policy. One that is `kept` for many visitors is worth packing well.

    Packing well takes about 100 ms, for which nobody waits: `packed` answers at once, with what is there by then.
    """

    def __init__(self, plain: bytes, policy: str, *, kept: bool) -> None:
        self.plain, self.policy, self._kept = plain, policy, kept
        self._fast: dict[str, bytes] = {}
        self._well: dict[str, bytes] = {}

    @cached_property
    def etag(self) -> str:
        """The validator of what is in it, however it is packed."""
        return f'"{hashlib.sha256(self.plain).hexdigest()[:20]}"'

    def is_final(self, accepted: str) -> bool:
        """Whether `packed` will not answer with less bytes some day."""
        way = _best(accepted)
        return not way or not self._kept or way in self._well

    def pack_well(self, accepted: str) -> None:
        """Make the final bytes of a page that is kept. For a thread."""
        if not self.is_final(accepted):
            way = _best(accepted)
            self._well[way] = _PACKERS[way](self.plain, well=True)
            self._fast.pop(way, None)

    def packed(self, accepted: str) -> tuple[bytes, str]:
        """The body and its content-coding, '' for none, by what the request accepts."""
        way = _best(accepted)
        if not way:
            return self.plain, ""
        if way not in self._well and way not in self._fast:
            self._fast[way] = _PACKERS[way](self.plain, well=False)
        return self._well.get(way) or self._fast[way], way
