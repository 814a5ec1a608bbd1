"""Texts and their translations: nothing forgotten, nothing stale, and no mistake of a translator that stops us."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from saas_app import __main__ as commands
from saas_app import saas_app
from saas_app.billing.money import money
from saas_app.core import catalogues, words
from saas_app.core import written as written_down
from saas_app.core.config import settings
from saas_app.core.errors import AppError, ConfigError
from saas_app.features.loans.views import percent
from scripts import words as gathering

assert saas_app  # every error there is
ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "saas_app"
# What only operators and developers read.
ENGLISH = re.compile(
    r"(__main__|doctor/|kit/|core/(config|config_rules|catalogues|isolation|engines|logs|words|mailbox_api|rls\w*|worker)\b"
    r"|billing/(compare|setup|endpoint|push|inbox|stripe_account|terms|webhooks|gateway/(?!errors)|api\b)"
    r"|features/library/numbers|edge/(gate|build|found|stylesheet)|marketing/schema)"
)
# Errors that an operator or a machine reads.
FOR_OPERATORS = {"ConfigError", "MailRefused", "NotMigrated", "BadSignature", "RowLevelSecurity"}
# Names that are the same everywhere, and what only Stripe or an operator is told.
AS_THEY_ARE = {
    "The flat in numbers",
    "The second of two subscriptions",
    "The account is gone",
    "No account has proved the address ",
}
SENTENCE = re.compile(r"^[“A-Z][^\n]*[a-z’,] [a-z“{]")
PASSED_ON = {"_", "ngettext"}


def test_the_template_holds_every_text_of_the_code() -> None:
    kept = gathering.ids(catalogues.read(gathering.TEMPLATE))
    assert gathering.ids(gathering.gathered()) ^ kept == set(), "Run: make words"


def test_the_translations_that_there_are_can_be_used_as_they_are() -> None:
    assert [fault for file in gathering.translated() for fault in catalogues.faults(file)] == []


def test_nothing_that_people_read_was_forgotten() -> None:
    """Every page and every mail, in a language in which each text is marked; see `spoken.py`."""
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", "0"]
    said = subprocess.run(  # noqa: S603 (ourselves)
        [*run, str(Path(__file__).with_name("spoken.py"))],
        cwd=ROOT,
        env=os.environ | {"TEST_LANGUAGE": words.PSEUDO},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, "\n".join(
        line for line in said.stdout.splitlines() if line.startswith(("E ", "FAILED"))
    )


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if not ENGLISH.match(name):
            yield name, ast.parse(file.read_text())


def unmarked(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts of an expression that are not looked up: no keys, no subscripts, nothing that is compared."""
    match node:
        case ast.Constant(value=str()):
            if node.value not in AS_THEY_ARE:
                yield node
        case ast.Call(func=ast.Name(id=name)) if name in PASSED_ON:
            return
        case ast.Dict():
            for value in node.values:
                yield from unmarked(value)
        case ast.Subscript() | ast.Compare():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from unmarked(child)


def called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""


def every(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from every(each)


def test_every_refusal_is_looked_up() -> None:
    """What is raised with words, and what an error of ours says of itself."""
    ours = {each.__name__ for each in (AppError, *every(AppError))} - FOR_OPERATORS
    forgotten = []
    for name, tree in sources():
        for node in ast.walk(tree):
            told = []
            if isinstance(node, ast.Call) and called(node) in ours:
                told = [*node.args]
            elif isinstance(node, ast.ClassDef) and node.name in ours:
                told = [call for call in ast.walk(node) if called(call) == "__init__"]
            texts = [text for each in told for text in unmarked(each) if re.search(r"[A-Za-z]{2} \w", str(text.value))]
            forgotten += [f"{name}:{text.lineno}: {text.value}" for text in texts]
    assert forgotten == []


def test_no_sentence_stands_beside_the_catalogue() -> None:
    """A sentence anywhere else than in a comment of the code, a log line or an error for developers."""
    forgotten = []
    for name, tree in sources():
        skipped = set(passed_over(tree))
        for node in unmarked(tree):
            if id(node) not in skipped and SENTENCE.match(str(node.value)):
                forgotten.append(f"{name}:{node.lineno}: {node.value}")
    assert forgotten == []


def passed_over(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        in_log = isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "warnings."))
        for_us = isinstance(node, ast.Raise) and called(node.exc or node) in {"RuntimeError", "ValueError", "TypeError"}
        operators = called(node) in FOR_OPERATORS or (isinstance(node, ast.ClassDef) and node.name in FOR_OPERATORS)
        if in_log or for_us or operators or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield from (id(each) for each in ast.walk(node))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Spanish catalogue, which is right, wrong and silent."""
    catalogue = Catalog(locale="es")
    catalogue.add("Log in", "Entrar")
    catalogue.add("Pay {amount}", "Pagar {importe}")
    catalogue.add("You keep {name}", "Se queda con {name")
    catalogue.add("Sign up")
    catalogue.add(("in {days} day", "in {days} days"), ("mañana", "en {days} días"))
    file = tmp_path / "es.po"
    gathering.write(catalogue, file)
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    return file


def test_a_text_is_said_in_the_language_and_in_english_where_there_is_nothing_usable(made: Path) -> None:
    es = catalogues.load(made)
    assert es.gettext("Log in") == "Entrar"
    assert es.gettext("Sign up") == "Sign up"
    assert es.gettext("Pay {amount}") == "Pay {amount}"
    assert es.gettext("You keep {name}") == "You keep {name}"
    assert [es.ngettext("in {days} day", "in {days} days", count) for count in (1, 2)] == ["mañana", "en {days} días"]


def test_what_a_translator_got_wrong_is_named(made: Path) -> None:
    told = list(catalogues.faults(made))
    assert len(told) == 2
    assert "{importe}" in told[0]
    assert "Se queda con {name" in told[1]


def test_a_file_that_is_no_catalogue_is_named(made: Path) -> None:
    made.write_text('msgid "one"\nmsgid "two"\n')
    assert "es.po" in next(catalogues.faults(made))


def test_without_its_file_nothing_starts_and_the_file_is_named(made: Path, configured: Callable[..., None]) -> None:
    configured(APP_LANGUAGE="fr")
    with pytest.raises(ConfigError, match=r"saas_app/words/fr\.po"):
        settings()
    configured(APP_LANGUAGE="es_MX")
    assert settings().app_language == "es_MX"


def test_english_reads_no_file() -> None:
    assert type(words._translations()) is NullTranslations
    assert words._("Log in") == "Log in"


@pytest.mark.parametrize(("built", "starts"), [("en", True), ("es", False)])
def test_pages_in_one_language_and_mails_in_another_do_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: str, starts: bool
) -> None:
    (tmp_path / ".web" / "build").mkdir(parents=True)
    (tmp_path / ".web" / "build" / "stamp.json").write_text(json.dumps({"language": built}))
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    with nullcontext() if starts else pytest.raises(ConfigError, match="APP_LANGUAGE"):
        commands._same_language_as_the_pages()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "March 4, 2027 | March 4 | €1,234.50 | -€6 | 1.500 KWD | 250,000 | 3.5 %"),
        ("en-GB", "4 March 2027 | 4 March | €1,234.50 | -€6 | 1.500 KWD | 250,000 | 3.5 %"),
        (
            "es",
            "4 de marzo de 2027 | 4 de marzo | 1.234,50 € | -6 € | 1,500 KWD | 250.000 | 3,5 %",
        ),
        ("fr", "4 mars 2027 | 4 mars | 1 234,50 € | -6 € | 1,500 KWD | 250 000 | 3,5 %"),
    ],
)
def test_dates_and_amounts_are_written_as_the_language_does(
    monkeypatch: pytest.MonkeyPatch, language: str, written: str
) -> None:
    monkeypatch.setattr(words, "language", lambda: language)
    day = date(2027, 3, 4)
    found = [written_down.day(day), written_down.day_of_month(day)]
    found += [money(1234_50, "eur"), money(-6_00, "eur"), money(1_500, "kwd")]
    found += [written_down.number(250_000), percent(Decimal("3.500"))]
    assert " | ".join(found).replace("\N{NO-BREAK SPACE}", " ").replace("−", "-") == written
