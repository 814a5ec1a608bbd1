"""How often second factors may be tried."""

from saas_app.auth.limits import HOUR, MINUTE
from saas_app.core.ratelimit import Rule

# A guesser who knows the password has 240 codes a day of a million, three of which are good at a time. Recovery codes
# and passkeys cannot be guessed, so they are not counted here and still open when a stranger has used the tries up.
CODES_BY_USER = Rule("authenticator codes by user", 10, HOUR)
STEPS_BY_IP = Rule("second factors by ip", 60, 10 * MINUTE)
PASSKEYS_ASKED_BY_IP = Rule("passkey challenges by ip", 300, 10 * MINUTE)  # each look at the log-in page asks for one
