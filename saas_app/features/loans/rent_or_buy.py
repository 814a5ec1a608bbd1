"""The page on renting against buying: who is ahead in which year, as sentence, picture and table."""

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.features.loans import asked, drawn
from saas_app.features.loans.asked import amount, answer, group, line, more, share
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.ui.cards import card, fact, facts
from saas_app.ui.dialog import unfold
from saas_app.ui.slots import each, slot, when

PATH = "/rent-or-buy"
FOUND = "rent.result"


def rent_or_buy_page(*links: site.Link) -> rx.Component:
    """Everything between header and footer."""
    return asked.asked_page(
        _("Rent or buy?"),
        _(
            "Two households begin with the same money and spend the same each month. One buys the flat, the "
            "other rents it and saves. Which has more in the end?"
        ),
        _form(),
        _verdict(),
        _findings(),
        _picture(),
        below=(_years(), _how(), more(*links)),
    )


def _form() -> rx.Component:
    return asked.asked_form(
        group(
            _("The flat"),
            _field("price", _("Price, {currency_sign}")),
            _field("fees", _("Tax, notary and agent, {currency_sign}")),
            _field("running", _("Owner’s costs a year, {currency_sign}"), hint=_("what no tenant pays")),
            _field("rent", _("Rent a month, {currency_sign}"), hint=_("of a flat like it, on the same terms")),
        ),
        group(
            _("The loan"),
            _field("own", _("Your own money, {currency_sign}")),
            _field("rate", _("Interest, %")),
            _field("years", _("Years"), input_mode="numeric", hint=_("of the loan, and of this comparison")),
        ),
        group(
            _("Your guesses, each year"),
            _field("growth", _("The price grows by, %"), input_mode="text"),
            _field("rise", _("Rent and costs rise by, %"), input_mode="text"),
            _field("saving", _("Savings earn, %")),
            _field("sale", _("A sale costs, %"), hint=_("once, of the value")),
        ),
        action=PATH,
        label=_("Rent or buy"),
    )


def _field(name: str, label: str, **props: str) -> rx.Component:
    return asked.asked_field("rent", name, label, **props)


def _verdict() -> rx.Component:
    """The answer in a sentence."""
    sentence = rx.el.p(
        slot(f"{FOUND}.verdict"),
        class_name="font-display text-xl font-semibold text-balance first-letter:uppercase lg:text-3xl",
    )
    return asked.in_short(answer("verdict", when(FOUND, sentence, otherwise=(asked.nothing(),)), role="status"))


def _findings() -> rx.Component:
    """What moves the answer, and what neither household ever sees again."""
    turned = rx.el.li(_("If the price grew by "), share("turn.growth"), _(" a year, "), slot("turn.verdict"))
    found = facts(
        fact(_("Borrowed"), amount(f"{FOUND}.loan")),
        fact(_("Payment a month"), amount(f"{FOUND}.payment")),
        fact(_("Gone for good in the first year, if you buy"), amount(f"{FOUND}.owner_gone")),
        fact(_("Gone for good in the first year, if you rent"), amount(f"{FOUND}.tenant_gone")),
    )
    turns = rx.el.ul(
        each("turn", f"{FOUND}.turned", turned), class_name="mb-4 flex flex-col gap-1 text-pretty text-quiet"
    )
    return card(answer("findings", when(FOUND, turns, found)), title=_("What it depends on"))


def _picture() -> rx.Component:
    """Two lines, the owner's whole and the tenant's dashed, and where they meet."""
    zero, mark = f"{FOUND}.picture.zero", f"{FOUND}.mark"
    meeting = drawn.stroke("ink", dashes="short", x1=slot(mark), x2=slot(mark), y1=0, y2=HEIGHT)
    drawing = rx.el.svg(
        drawn.stroke("edge", x1=0, x2=WIDTH, y1=slot(zero), y2=slot(zero)),
        drawn.curve("info", slot(f"{FOUND}.picture.paths[1]"), dashes="long"),
        drawn.curve("brick", slot(f"{FOUND}.picture.paths[0]")),
        when(mark, meeting),
        view_box=f"0 -3 {WIDTH} {HEIGHT + 6}",
        role="img",
        aria_label=_("What each household has, from the first day to the end. The table below says it in numbers."),
        class_name="w-full",
    )
    top = rx.el.p(
        rx.el.span(_("up to "), amount(f"{FOUND}.top")),
        rx.el.span(_("the first day to year "), slot(f"{FOUND}.years|length")),
        class_name="flex justify-between text-sm text-quiet",
    )
    legend = rx.el.figcaption(
        drawn.sample("brick", _("the owner, after a sale")),
        drawn.sample("info", _("the tenant"), dashes="long"),
        when(mark, drawn.sample("ink", _("from here on the owner is ahead"), dashes="short")),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    return card(
        answer("picture", when(FOUND, rx.el.figure(top, drawing, legend))),
        title=_("What each has, from the first day on"),
    )


def _years() -> rx.Component:
    names = (_("End of year"), _("Owner has"), _("Tenant has"), _("Owner ahead by"))
    found = line(slot("year.year"), amount("year.owner"), amount("year.tenant"), amount("year.ahead"))
    found_years = when(FOUND, each("year", f"{FOUND}.years", found))
    return rx.el.div(
        asked.sheet(_("What each has at the end of each year"), "by-year", names, found_years), class_name="mt-5"
    )


def _how() -> rx.Component:
    gone = rx.el.p(
        _("Interest "),
        amount(f"{FOUND}.interest"),
        _(", the owner’s costs "),
        amount(f"{FOUND}.running"),
        _(", and what your own money no longer earns, "),
        amount(f"{FOUND}.missed"),
        _(". What repays the loan is not gone; it has moved into the flat."),
    )
    return rx.el.div(
        unfold(_("What is gone for good in the first year?"), answer("gone", when(FOUND, gone))),
        unfold(
            _("How this is computed"),
            rx.el.p(
                _("Both begin with the same money: price and costs of buying, less the loan. The tenant saves it.")
            ),
            rx.el.p(_("Each month: difference = payment + owner’s costs − rent. Who pays less saves the difference.")),
            rx.el.p(_("Savings grow by s ÷ 12 a month. The price, rent and costs grow once a year, by your guesses.")),
            rx.el.p(
                _("The owner has: value × (1 − costs of a sale) − what is still owed + savings. The tenant: savings.")
            ),
            rx.el.p(_("Nothing is rounded on the way. Taxes and moving are left out, and so is the joy of either.")),
        ),
        unfold(
            _("How sure is it?"),
            rx.el.p(
                _(
                    "As sure as your guesses. Put them in twice, once as you believe and once as you fear. If "
                    "the answer is the same both times, you have a result; if not, you know what your decision "
                    "depends on."
                )
            ),
        ),
        class_name="mt-8 border-t border-line",
    )
