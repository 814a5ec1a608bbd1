"""The texts of the product in the language of this installation: `_("Log in")`. The English sentence is the key.

`APP_LANGUAGE` is read once, when the first text is met, since many stand in constants. English needs no file; any other
language is `saas_app/words/LANGUAGE.po` (docs/translate.md). Values come in by `.format(name=…)`, never by an f-string:
the sentence is looked up before they are known.
"""

import os
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from dotenv import dotenv_values

FOLDER = Path(__file__).parent.parent / "words"
ENGLISH = "en"
PSEUDO = "en-XA"  # every text in ⟦brackets⟧: what has none was forgotten


@cache
def language() -> str:
    """What the reader is spoken to in, as HTML and browsers write it: en, es, pt-BR."""
    name = os.environ.get("APP_LANGUAGE") or dotenv_values(os.environ.get("ENV_FILE", ".env")).get("APP_LANGUAGE")
    return (name or ENGLISH).strip().replace("_", "-")


def file(name: str) -> Path:
    """Where the texts of this language lie; of a country's (pt-BR) its own, or those of the language (pt)."""
    own = FOLDER / f"{name}.po"
    return own if own.is_file() else FOLDER / f"{name.partition('-')[0]}.po"


def translated(text: Path) -> Path:
    """Where a text that is a file of its own lies in this language: beside `a.md` as `a.es.md`; itself if nowhere."""
    for name in (language(), language().partition("-")[0]):
        other = text.with_suffix(f".{name}{text.suffix}")
        if other.is_file():
            return other
    return text


def is_english(name: str) -> bool:
    """Whether the texts in the code are those of this language; en-GB differs in its dates."""
    return name.partition("-")[0] == ENGLISH


@cache
def _translations() -> NullTranslations:
    name = language()
    if name == PSEUDO:
        return _Pseudo()
    if is_english(name) or not file(name).is_file():  # without a file nothing starts: core/config_rules.py
        return NullTranslations()
    from saas_app.core import catalogues

    return catalogues.load(file(name))


def _(message: str) -> str:
    """A text in the reader's language; where the translation lacks it, in English."""
    return _translations().gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The same of something that is counted; languages have one to six forms for that."""
    return _translations().ngettext(one, many, count)


class _Pseudo(NullTranslations):
    """Marks each text, so that a page shows which were forgotten."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)
