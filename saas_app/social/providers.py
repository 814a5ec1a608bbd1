"""The providers that are configured, what a trip to one is tied to, and who came back."""

from dataclasses import dataclass

from saas_app.core.config import settings
from saas_app.core.errors import AppError, NotFound
from saas_app.core.words import _


class ProviderFailed(AppError):
    """The provider did not answer, or not in a way that can be believed."""

    status = 502

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} did not tell us who you are. Please try again, or log in another way.").format(name=name)
        )


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as it is configured. `issuer` is empty where there is no OpenID Connect."""

    key: str
    name: str
    client_id: str
    client_secret: str
    issuer: str
    scope: str = "openid email profile"


@dataclass(frozen=True, slots=True)
class Claims:
    """Who came back, as the provider says; `email` only when the provider has verified it."""

    provider: str
    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Errand:
    """What one trip to a provider is tied to: kept in the browser that left, compared with what comes back."""

    state: str
    nonce: str
    verifier: str


def configured() -> dict[str, Provider]:
    """The providers that have a client id and a secret, in the order in which they are offered."""
    now = settings()
    found = [
        Provider("google", "Google", now.google_client_id, now.google_client_secret, "https://accounts.google.com"),
        Provider("github", "GitHub", now.github_client_id, now.github_client_secret, "", "read:user user:email"),
        Provider("oidc", now.oidc_name, now.oidc_client_id, now.oidc_client_secret, now.oidc_issuer),
    ]
    return {each.key: each for each in found if each.client_id and each.client_secret}


def provider(key: str) -> Provider:
    """A configured provider; NotFound for all others."""
    found = configured().get(key)
    if found is None:
        raise NotFound
    return found
