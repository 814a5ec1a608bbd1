"""The small print, in sentences that can be read."""

from datetime import date

import reflex as rx

from saas_app import site
from saas_app.marketing.content import Passage
from saas_app.ui.public import public_page
from saas_app.ui.text import heading, text
from saas_app.ui.theme import PAGE_WIDTH, classes

TERMS = (
    Passage(
        "Who we are",
        f"{site.PRODUCT} is a service of {site.COMPANY}, {site.COMPANY_ADDRESS}. Write to {site.SUPPORT_EMAIL}.",
    ),
    Passage(
        "What you get",
        "A tool that calculates loans and what follows from them, and the documents that we sell with it. "
        "The pricing page says what each plan holds. The free plan costs nothing and needs no card.",
    ),
    Passage(
        "What it is not",
        f"{site.DISCLAIMER} The results follow from the numbers you type in, and your bank may count differently. "
        "Ask it for a binding offer before you sign anything.",
    ),
    Passage(
        "Your account",
        "One person, one account. Keep your password to yourself, and tell us if somebody else has it. "
        "You must be old enough to make a contract where you live.",
    ),
    Passage(
        "What you pay",
        "Plans are paid in advance, for a month or a year, and renew until you cancel. You see the sum "
        "before you pay, and no tax is added to it. "
        "If a price rises, you keep yours until the end of the period you have paid, and we write to you before it "
        "changes.",
    ),
    Passage(
        "Ending it",
        "Cancel on the billing page whenever you like; the plan then runs to the end of what you have paid. "
        f"Within {site.REFUND_DAYS} days of your first payment we return it in full if you ask. "
        f"Write to {site.SUPPORT_EMAIL} and we delete your account, and with it your data. "
        "We may close an account that harms others or the service; what you paid ahead is then returned.",
    ),
    Passage(
        "What is yours",
        "What you type in stays yours. What you buy to read is for you, and not to be published or resold.",
    ),
    Passage(
        "If something goes wrong",
        "We answer without limit for intent and gross negligence, and for harm to life and health. Otherwise we "
        "answer for breach "
        "of a duty that the contract depends on, up to what you paid in the last twelve months. Your rights as a "
        "consumer stay untouched.",
    ),
    Passage(
        "Changes, and the law",
        "We announce changes of these terms by mail thirty days ahead, and you may cancel until then. "
        "The law of the place where we are registered applies, and beside it the consumer law of the place where you "
        "live.",
    ),
)

PRIVACY = (
    Passage(
        "In short",
        "We keep what the service needs and nothing else. No advertising, no tracking, no sale of data. "
        "Public pages set no cookie; after you log in there is one, which keeps you logged in.",
    ),
    Passage(
        "What we keep",
        "Your name, your e-mail address, a hash of your password (never the password), what you save in the service, "
        "and which plan you have. Our servers note the address and time of requests for a short while, to fend off "
        "abuse.",
    ),
    Passage(
        "Payments",
        "Stripe takes your payments and keeps your card; we see its brand and its last four digits. "
        "We keep invoices as long as tax law asks. Stripe’s privacy policy stands on stripe.com/privacy.",
    ),
    Passage(
        "Why we may",
        "To fulfil our contract with you, to obey tax law, and, for the notes against abuse, because we have a "
        "legitimate interest in a safe service.",
    ),
    Passage(
        "Who else sees it",
        "The companies that run our servers, deliver our mail and take our payments, each only for that, and under "
        "contract. Nobody else, unless a court orders it.",
    ),
    Passage(
        "How long",
        "Until your account is deleted; then your data goes with it, and from backups within thirty days. Invoices "
        "stay as long as the law asks.",
    ),
    Passage(
        "Your rights",
        "You can see, correct, take with you and have your data deleted: a mail to "
        f"{site.SUPPORT_EMAIL} is enough. You may object to a use, "
        "and complain to the data protection authority where you live.",
    ),
    Passage("Who is responsible", f"{site.COMPANY}, {site.COMPANY_ADDRESS}, {site.SUPPORT_EMAIL}."),
)


def legal_page(title: str, dated: date, passages: tuple[Passage, ...]) -> rx.Component:
    """A title, a date, and numbered sections."""
    sections = [
        rx.el.section(
            heading(f"{number}. {passage.title}", size="medium", class_name="font-semibold"),
            text(passage.words, class_name="mt-2"),
        )
        for number, passage in enumerate(passages, 1)
    ]
    return public_page(
        rx.el.article(
            heading(title, level=1, size="giant"),
            text(f"In force since {dated.day} {dated:%B %Y}", tone="quiet", class_name="mt-3"),
            rx.el.div(*sections, class_name="mt-10 flex flex-col gap-8"),
            class_name=classes(PAGE_WIDTH, "max-w-3xl py-12 sm:py-20"),
        )
    )
