"""Whether a new password is good enough, and if not, why: in words, without rules about digits and symbols."""

import math
import re
import threading
import unicodedata
from functools import cache
from typing import Any

from saas_app import site
from saas_app.auth.passwords import LONGEST
from saas_app.core.config import settings
from saas_app.core.words import _, is_english, language

SCORED = 72  # zxcvbn takes no more
READINGS = 6  # of digits and signs as letters; all digits together have fewer
GOOD_ENOUGH = 3
SHORTEST_WORD = 4

_scoring = threading.Lock()  # zxcvbn keeps what it knows of a person in a global


def weakness(password: str, *about: str) -> str | None:
    """What is wrong with this password for somebody with this name and address; None when it is good.

    Blocks for up to a tenth of a second: in the app call it beside the event loop.
    """
    shortest = settings().password_min_length
    same = unicodedata.normalize("NFKC", password)
    if len(same) < shortest:
        return _("Please use at least {shortest} characters. A few unusual words are easy to remember.").format(
            shortest=shortest
        )
    if len(password) > LONGEST or len(same) > LONGEST:
        return _("Please use at most {longest} characters.").format(longest=LONGEST)
    if "\x00" in same:
        return _("This contains a character that cannot be typed.")
    if _is_leaked(same):
        return _("This is one of the passwords that attackers try first. Please choose another one.")
    word = _word_in(same, about)
    if word:
        return _("This is mostly “{word}”, which others can guess about you. Please add something unrelated.").format(
            word=word
        )
    return _guessable(same, about)


def _is_leaked(password: str) -> bool:
    return password.casefold() in _leaked()


@cache
def _leaked() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 13 MiB: only when somebody chooses a password

    lists: Any = FREQUENCY_LISTS
    return frozenset(lists["passwords"])


def _word_in(password: str, about: tuple[str, ...]) -> str:
    """A name or product that makes up so much of it that too little is left to guess."""
    folded = password.casefold()
    for word in sorted(_words(about), key=len, reverse=True):
        if word in folded and len(folded.replace(word, "")) < settings().password_min_length - SHORTEST_WORD:
            return word
    return ""


def _words(about: tuple[str, ...]) -> set[str]:
    texts = [site.PRODUCT, *about, *(address.partition("@")[0] for address in about)]
    pieces = {piece for text in texts for piece in [text, *text.replace("@", " ").replace(".", " ").split()]}
    return {piece.casefold() for piece in pieces if len(piece) >= SHORTEST_WORD}


def _guessable(password: str, about: tuple[str, ...]) -> str | None:
    from zxcvbn import zxcvbn

    with _scoring:
        found = zxcvbn(legible(password[:SCORED]), user_inputs=sorted(_words(about)))
    if found["score"] >= GOOD_ENOUGH:
        return None
    hint = found["feedback"]["warning"].rstrip(".") if is_english(language()) else ""  # zxcvbn's own words
    why = re.sub(r'"(.+?)"', r"“\1”", f": {hint[0].lower()}{hint[1:]}") if hint else ""
    return _("This is easy to guess{why}.").format(why=why)  # what to do instead stands beside the field


def legible(password: str) -> str:
    """The password as it is scored: its signs read as letters (@ as a) where they could be read in many ways.

    zxcvbn goes through all ways at once, which are so many for some passwords that it takes seconds.
    """
    from zxcvbn.matching import L33T_TABLE, relevant_l33t_subtable

    ways: dict[str, list[str]] = relevant_l33t_subtable(password, L33T_TABLE)
    if math.prod(map(len, ways.values())) <= READINGS:
        return password
    letters = {sign: letter for letter, signs in ways.items() for sign in signs if not sign.isdigit()}
    return "".join(letters.get(sign, sign) for sign in password)
