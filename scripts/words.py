"""Gather every text of the product into saas_app/words/messages.pot, and bring what is translated up to date.

`make words` keeps what translators wrote: new texts are added empty, changed ones are marked fuzzy and shown in English
until somebody has looked at them. `make words L=es` begins a language.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from saas_app.billing.plans import Feature, Limit
from saas_app.core import catalogues

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "saas_app" / "words"
TEMPLATE = FOLDER / "messages.pot"
METHODS = [("**.py", "python"), ("core/templates/mail.*", "jinja2")]
KEYWORDS = {"_": None, "ngettext": (1, 2)}
TO_TRANSLATORS = ["Translators:"]
HEADER = "# The texts of the product. Made by `make words`; how to translate them: docs/translate.md."


def gathered() -> Catalog:
    """Every marked text of the code and the mails, by file, and the names of what plans hold."""
    found = Catalog(project="saas_app", version="1", header_comment=HEADER, fuzzy=False)
    where = extract_from_dir(ROOT / "saas_app", METHODS, keywords=KEYWORDS, comment_tags=TO_TRANSLATORS)
    for name, line, message, comments, context in sorted(where, key=lambda each: (each[0], each[1])):
        found.add(message, locations=[(f"saas_app/{name}", line)], auto_comments=comments, context=context)
    for thing in (*Limit, *Feature):  # their names in sentences: saas_app.billing.plans.named
        found.add(thing.value.replace("_", " "), locations=[("saas_app/billing/plans.py", 0)])
    return found


def ids(catalogue: Catalog) -> set[str]:
    """What there is to be translated."""
    return {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue} - {""}


def write(catalogue: Catalog, file: Path) -> None:
    """As a file. Without line numbers and the hour, so that it changes when a text does and not with every edit."""
    made = BytesIO()
    write_po(made, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    file.write_text(re.sub(r'^"(POT-Creation|PO-Revision)-Date: .*\n', "", made.getvalue().decode(), flags=re.M))


def translated() -> Iterator[Path]:
    """The languages that there are."""
    yield from sorted(FOLDER.glob("*.po"))


def _is_done(message: Message) -> bool:
    said = (message.string,) if isinstance(message.string, str) else message.string or ("",)
    return bool(message.id) and all(said) and not message.fuzzy


def main(begin: list[str]) -> int:
    """Write all of it, and say what is missing and what is wrong."""
    FOLDER.mkdir(exist_ok=True)
    template = gathered()
    write(template, TEMPLATE)
    for name in begin:
        file = FOLDER / f"{name}.po"
        if not file.exists():
            write(Catalog(locale=name.replace("-", "_"), fuzzy=False), file)
    print(f"{TEMPLATE.relative_to(ROOT)}: {len(ids(template))} texts")
    for file in translated():
        kept = catalogues.read(file)
        kept.update(template)
        write(kept, file)
        missing = len(ids(kept)) - sum(map(_is_done, kept))
        print(f"{file.relative_to(ROOT)}: {missing} to translate")
    wrong = [fault for file in translated() for fault in catalogues.faults(file)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
