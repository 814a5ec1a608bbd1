"""Translations as files: read, checked, made into what gettext looks up. English never comes here.

A translator cannot stop the product: a text whose values are not those of the English sentence is left in English, and
`make words` and `python -m saas_app doctor` name it.
"""

from collections.abc import Iterator, Sequence
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po


def load(file: Path) -> GNUTranslations:
    """What gettext looks up, made of a .po file."""
    catalogue, made = read(file), BytesIO()
    for message in list(catalogue):
        if message.id and wrong_with(message):
            catalogue.delete(message.id if isinstance(message.id, str) else message.id[0])
    write_mo(made, catalogue)
    made.seek(0)
    return GNUTranslations(made)


def read(file: Path) -> Catalog:
    """The file as it stands."""
    with file.open("rb") as reading:
        return read_po(reading, abort_invalid=True)


def faults(file: Path) -> Iterator[str]:
    """What is wrong with a file, one line each, for whoever keeps it; nothing for what is not translated yet."""
    try:
        catalogue = read(file)
    except (PoFileError, ValueError, LookupError) as error:
        yield f"{file.name}: is no catalogue ({error})"
        return
    for message in catalogue:
        if message.id and (wrong := wrong_with(message)):
            yield f"{file.name}:{message.lineno}: {wrong}"


def wrong_with(message: Message) -> str:
    """Why a translation cannot be used; '' when it can, or when there is none."""
    asked = _texts(message.id)
    wanted = {name for text in asked for name in _values(text)}
    for said in filter(None, _texts(message.string)):
        try:
            found = set(_values(said))
        except ValueError as error:
            return f"“{said}” cannot be filled in: {error}"
        # One form of a plural need not say the number: “one day”.
        if found - wanted or (len(asked) == 1 and wanted - found):
            return f"“{said}” has {_listed(found)}, and “{asked[0]}” has {_listed(wanted)}"
    return ""


def _texts(found: str | Sequence[str] | None) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found or ())


def _values(text: str) -> Iterator[str]:
    for _, name, spec, how in Formatter().parse(text):
        if name is not None:
            yield name + (f"!{how}" if how else "") + (f":{spec}" if spec else "")


def _listed(names: set[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names)) or "no values"
