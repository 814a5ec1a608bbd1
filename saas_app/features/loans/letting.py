"""The page on yields: what a flat that is let earns, each formula with the reader's own numbers in it."""

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.features.loans import asked, drawn
from saas_app.features.loans.asked import amount, answer, group, line, more, plain, share
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.ui.cards import card
from saas_app.ui.dialog import unfold
from saas_app.ui.slots import each, slot, when
from saas_app.ui.text import text

PATH = "/yield"
FOUND = "let.result"


def yield_page(*links: site.Link) -> rx.Component:
    """Everything between header and footer."""
    return asked.asked_page(
        _("What does a flat earn?"),
        _("Yield, price in years of rent, and the return on all money and on your own, each with its formula."),
        _form(),
        _verdict(),
        _formulas(),
        below=(_lever(), _how(), more(*links)),
    )


def _form() -> rx.Component:
    return asked.asked_form(
        group(
            _("The flat"),
            _field("price", _("Price, {currency_sign}")),
            _field("fees", _("Tax, notary and agent, {currency_sign}")),
        ),
        group(
            _("Letting it"),
            _field("rent", _("Rent a month, {currency_sign}"), hint=_("for the flat alone")),
            _field("vacancy", _("Without a tenant, %"), hint=_("of the rent that is lost")),
            _field("costs", _("Owner’s costs a year, {currency_sign}"), hint=_("what no tenant pays")),
        ),
        group(
            _("The loan"),
            _field("own", _("Your own money, {currency_sign}"), hint=_("the rest is borrowed")),
            _field("rate", _("Interest, %")),
        ),
        action=PATH,
        label=_("Yield"),
    )


def _field(name: str, label: str, **props: str) -> rx.Component:
    return asked.asked_field("let", name, label, **props)


def _verdict() -> rx.Component:
    """The return on own money, and whether the loan made it better."""
    rate, earns = share(f"{FOUND}.rate"), share(f"{FOUND}.on_all")
    words = {
        "helps": (
            _("The loan helps: the flat earns "),
            earns,
            _(" on all money, and what is borrowed costs "),
            rate,
            ".",
        ),
        "hurts": (
            _("The loan hurts: the flat earns "),
            earns,
            _(" on all money, but what is borrowed costs "),
            rate,
            ".",
        ),
        "neither": (_("The loan makes no difference: it costs what the flat earns, "), rate, "."),
        "none": (_("All the money is your own, so both returns are the same."),),
    }
    found = rx.el.div(
        rx.el.p(
            rx.el.span(share(f"{FOUND}.on_own"), class_name="font-display text-3xl font-semibold lg:text-5xl"),
            rx.el.span(_(" a year on your own money"), class_name="text-quiet"),
        ),
        *[
            when(f"{FOUND}.lever.{name}", rx.el.p(*said, class_name="mt-1 max-lg:text-sm lg:mt-2"))
            for name, said in words.items()
        ],
    )
    return asked.in_short(answer("verdict", when(FOUND, found, otherwise=(asked.nothing(),)), role="status"))


def _formulas() -> rx.Component:
    """Each figure with how it comes about."""
    found = rx.el.dl(
        _formula(_("Price in years of rent"), plain(f"{FOUND}.years_of_rent"), ("price", " ÷ (12 × ", "rent", ")")),
        _formula(_("Gross yield"), share(f"{FOUND}.gross"), ("12 × ", "rent", " ÷ ", "price")),
        _formula(
            _("Left in a year"),
            amount(f"{FOUND}.left"),
            ("rent_year", " − ", "vacancy", _(" vacancy − "), "costs", _(" costs")),
        ),
        _formula(_("Net yield: the return on all money"), share(f"{FOUND}.on_all"), ("left", " ÷ ", "all_in")),
        _formula(
            _("Return on your own money"),
            share(f"{FOUND}.on_own"),
            ("(", "left", " − ", "interest", _(" interest) ÷ "), "own"),
        ),
        class_name="divide-y divide-line",
    )
    return card(answer("formulas", when(FOUND, found)), title=_("Every figure, and how it comes about"))


def _formula(name: str, result: rx.Component, parts: tuple[str, ...]) -> rx.Component:
    """A line with its formula below; a part that is the name of a figure becomes that amount."""
    words = [amount(f"{FOUND}.{part}") if part.isidentifier() else part for part in parts]
    return rx.el.div(
        rx.el.dt(name, rx.el.span(*words, class_name="block text-sm text-quiet tabular-nums")),
        rx.el.dd(result, class_name="text-right font-semibold"),
        class_name="flex items-baseline justify-between gap-4 py-3",
    )


def _lever() -> rx.Component:
    """The return on own money at other rates, as picture and table side by side."""
    zero = f"{FOUND}.picture.zero"
    drawing = rx.el.svg(
        drawn.stroke("edge", x1=0, x2=WIDTH, y1=slot(zero), y2=slot(zero)),
        drawn.curve("info", slot(f"{FOUND}.picture.paths[1]"), dashes="long"),
        drawn.curve("brick", slot(f"{FOUND}.picture.paths[0]")),
        view_box=f"0 -3 {WIDTH} {HEIGHT + 6}",
        role="img",
        aria_label=_("The return on your own money at each rate of the table beside it, and the return on all money."),
        class_name="w-full",
    )
    rates = rx.el.p(
        share(f"{FOUND}.rates[0].rate"),
        rx.el.span(_("what the loan costs")),
        share(f"{FOUND}.rates[-1].rate"),
        class_name="mt-1 flex justify-between text-sm text-quiet",
    )
    legend = rx.el.figcaption(
        drawn.sample("brick", _("return on your own money")),
        drawn.sample("info", _("return on all money"), dashes="long"),
        drawn.sample("edge", _("nothing")),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    flat = text(_("Nothing is borrowed, so your own money returns what all of it does, whatever a loan costs."))
    shown = when(f"{FOUND}.lever.none", flat, otherwise=(rx.el.figure(drawing, rates, legend),))
    found = line(share("at.rate"), share("at.on_own"))
    names = (_("If the loan cost"), _("Your own money earned"))
    return rx.el.div(
        card(answer("picture", when(FOUND, shown)), title=_("The lever has two ends")),
        asked.sheet(_("The return at other rates"), "rates", names, when(FOUND, each("at", f"{FOUND}.rates", found))),
        class_name="mt-5 grid items-start gap-5 lg:grid-cols-[1.2fr_1fr]",
    )


def _how() -> rx.Component:
    return rx.el.div(
        unfold(
            _("How this is computed"),
            rx.el.p(_("Interest is that of the first year, on the whole loan: borrowed × rate.")),
            rx.el.p(_("What repays the loan is your money in another form. It counts neither as cost nor as income.")),
            rx.el.p(_("Taxes and changes of the price are left out. Nothing is rounded on the way.")),
        ),
        unfold(
            _("Which figure is the one to look at?"),
            rx.el.p(
                _(
                    "The return on all money against the rate of the loan. If the flat earns more than the "
                    "loan costs, borrowing adds the difference to yours; if it earns less, you pay the "
                    "difference."
                )
            ),
        ),
        class_name="mt-8 border-t border-line",
    )
