"""Every reason for which code may see more than one user's rows. A session for anything else is refused.

To add one, write here why no user's own session can do it; the name appears in the logs.
"""

from typing import Literal, get_args

SystemReason = Literal[
    "sign-up",  # nobody is logged in yet
    "log-in",  # the account is found by its e-mail
    "log-out",  # the session row is known by its digest only
    "session lookup",  # says who is looking, so it comes before any user
    "email verification",  # the link may be opened on a device without a session
    "password reset",  # by definition without a session
    "account",  # changes of name, e-mail, password or role, which users may not write themselves
    "leaving",  # erases an account, row by row, in tables that users may not write
    "throttle",  # counts tries of strangers
    "jobs",  # the worker does everybody's work
    "mailbox",  # mails kept locally in development
    "webhook",  # Stripe speaks about any customer
    "billing sync",  # the one writer of what Stripe says
    "billing account",  # ties a user to a Stripe customer, which users may not write themselves
    "checkout",  # what Stripe said about a checkout
    "plan change",  # sums that Stripe worked out, which users may not write themselves
    "download",  # the log of what was fetched, which users may read and not write
    "share link",  # whoever opens one is a stranger, and the link says whose scenario it shows
    "claim",  # what was paid by a link belongs to nobody yet
    "catalogue",  # products and prices belong to nobody
    "stripe objects",  # what the set-up made at Stripe
    "stripe set-up",  # a person at the server's own prompt, or the first start with the sandbox
    "reconcile",  # compares all rows with Stripe
    "admin",  # the staff's own pages, guarded by the admin mark
    "health",  # counts, no rows
    "start-up",  # checks roles and tables
    "seed",  # example rows in development
    "command",  # a person at the server's own prompt
]
REASONS: frozenset[str] = frozenset(get_args(SystemReason))
