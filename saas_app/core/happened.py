"""What stands in the rows of a history, in the reader's language.

The rows keep English: a language may change, and what was written down may not.
"""

from collections.abc import Callable

from saas_app.core.config import settings
from saas_app.core.words import _
from saas_app.core.written import sentence

_WAYS = {
    "password": _("password"),
    "code": _("code"),
    "passkey": _("passkey"),
    "an authenticator code": _("an authenticator code"),
    "a recovery code": _("a recovery code"),
    "a passkey": _("a passkey"),
}
_EVENTS = {
    "signed up": _("signed up"),
    "address confirmed": _("address confirmed"),
    "password reset": _("password reset"),
    "made an administrator": _("made an administrator"),
    "password changed": _("password changed"),
    "new address asked": _("new address asked"),
    "address changed": _("address changed"),
    "address taken back": _("address taken back"),
    "data exported": _("data exported"),
    "account deletion asked": _("account deletion asked"),
    "account deleted": _("account deleted"),
    "account elsewhere disconnected": _("account elsewhere disconnected"),
    "authenticator app set up": _("authenticator app set up"),
    "authenticator app turned off": _("authenticator app turned off"),
    "recovery codes made anew": _("recovery codes made anew"),
    "recovery code used": _("recovery code used"),
    "passkey added": _("passkey added"),
    "passkey removed": _("passkey removed"),
    "log-in refused after wrong codes": _("log-in refused after wrong codes"),
    "second subscription ended": _("second subscription ended"),
    "second subscription ended and refunded": _("second subscription ended and refunded"),
}


def way(method: str) -> str:
    """How somebody logged in: password and a passkey."""
    first, both, second = method.partition(" and ")
    said = _how(first)
    return _("{first} and {second}").format(first=said, second=_how(second)) if both else said


def _how(method: str) -> str:
    """One way in; a provider is called as at the log-in, also when it is no longer configured."""
    named = {"google": "Google", "github": "GitHub", "oidc": settings().oidc_name}
    return _WAYS.get(method) or named.get(method, method)


def event(text: str) -> str:
    """What happened, beginning with a capital: Logged in by password."""
    said = _EVENTS.get(text) or next((told for say in _WITH_A_NAME if (told := say(text))), text)
    return sentence(said)


def _after(begins: str, words: str, say: Callable[[str], str] = str) -> Callable[[str], str]:
    def told(text: str) -> str:
        return words.format(what=say(text.removeprefix(begins))) if text.startswith(begins) else ""

    return told


def _connected(text: str) -> str:
    return (
        _("{what} connected").format(what=way(text.removesuffix(" connected"))) if text.endswith(" connected") else ""
    )


_WITH_A_NAME = (
    _after("logged in by ", _("logged in by {what}"), way),
    _after("signed up by ", _("signed up by {what}"), way),
    _after("accepted the terms of ", _("accepted the terms of {what}")),
    _after("claimed ", _("claimed {what}")),
    _connected,
)
