"""How often strangers may try things. Addresses are counted whether or not they have an account."""

from datetime import timedelta

from saas_app.core.ratelimit import Rule

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# SIGNUPS and LOGINS, of everybody together, only ring the bell: refusing would let one stranger close the door.
FORMS_BY_IP = Rule("sign-up forms by ip", 30, 10 * MINUTE)  # also those with mistakes: scoring a password takes work
CHECKS_BY_IP = Rule("fields checked by ip", 60, 10 * MINUTE)
SIGNUPS_BY_IP = Rule("sign-ups by ip", 5, HOUR)
SIGNUPS = Rule("sign-ups", 100, HOUR)

LOGINS_BY_IP = Rule("log-ins by ip", 10, MINUTE)
LOGINS = Rule("log-ins", 1000, 5 * MINUTE)
LOGINS_BY_ACCOUNT = Rule("log-ins by account", 5, 5 * MINUTE)
LOGINS_BY_DEVICE = Rule("log-ins by known device", 10, 5 * MINUTE)
FAILURES_IN_A_ROW = Rule("failures in a row", 100, 30 * DAY)  # made-up addresses are not kept for ever

# Counted apart, so that strangers who sign up with an address do not keep its owner from getting back in. The window
# is as long as such a link lasts: when no more are sent, one that works is in the mailbox.
RESETS_BY_ADDRESS = Rule("resets by address", 3, 30 * MINUTE)
MAILS_BY_ADDRESS = Rule("mails by address", 3, HOUR)
CODES_BY_ADDRESS = Rule("log-in codes by address", 3, 30 * MINUTE)
CONFIRMS_BY_USER = Rule("confirmations by user", 10, 10 * MINUTE)
ASKED_BY_IP = Rule("links asked by ip", 20, HOUR)
LINKS_BY_IP = Rule("links used by ip", 30, HOUR)
