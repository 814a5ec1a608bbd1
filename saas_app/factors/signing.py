"""What a browser and a passkey say to each other (https://www.w3.org/TR/webauthn-3/), by the library `webauthn`.

Import this where it is used: the library takes 12 MB, and few processes ever need it.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from saas_app import site
from saas_app.auth.models import User
from saas_app.core.config import settings
from saas_app.factors.models import Passkey
from saas_app.factors.passkeys import MALFORMED, Asked, NewKey, NoPasskey

_MALFORMED = (WebAuthnException, *MALFORMED)


def ask_for_new(user: User, known: Sequence[Passkey]) -> Asked:
    """Have a passkey made: on any device, which should find it by itself at the log-in."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=site.PRODUCT,
        user_id=_handle(user.id),
        user_name=user.email,
        user_display_name=user.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[_descriptor(key) for key in known],
    )
    return Asked(options_to_json(options), bytes_to_base64url(options.challenge))


def ask_for_known(known: Sequence[Passkey], *, verified: bool) -> Asked:
    """Have one of these passkeys sign, or any that the device has for us when there are none.

    `verified` asks the device to make sure by a finger, a face or a number that it is its owner.
    """
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        allow_credentials=[_descriptor(key) for key in known],
        user_verification=UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.DISCOURAGED,
    )
    return Asked(options_to_json(options), bytes_to_base64url(options.challenge))


def check_new(credential: str, challenge: str) -> NewKey:
    """The passkey that was made; NoPasskey when it did not sign our challenge at our address."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_host(),
            expected_origin=settings().origin,
        )
        sent = json.loads(credential)["response"].get("transports") or []
        known = {each.value for each in AuthenticatorTransport}
        transports = ",".join(each for each in sent if each in known)
    except _MALFORMED as error:
        raise NoPasskey from error
    return NewKey(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
        transports,
    )


def check_known(key: Passkey, credential: str, challenge: str, *, verified: bool) -> int:
    """How often the passkey has signed, by its own count; NoPasskey when it did not sign this, or its count went back.

    A count that goes back is that of a copy. Passkeys that are kept in several devices do not count: theirs stays 0.
    """
    try:
        handle: Any = json.loads(credential)["response"].get("userHandle")
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_host(),
            expected_origin=settings().origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=verified,
        )
        if handle and base64url_to_bytes(handle) != _handle(key.user_id):
            raise NoPasskey
    except _MALFORMED as error:
        raise NoPasskey from error
    return shown.new_sign_count


def _descriptor(key: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(each) for each in key.transports.split(",") if each]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id), transports=transports or None)


def _host() -> str:
    """The relying party's id: passkeys belong to our host, and browsers show them nowhere else."""
    return urlsplit(settings().base_url).hostname or ""


def _handle(user_id: str) -> bytes:
    """What a passkey knows its person by. It stands for nothing outside."""
    return hashlib.sha256(f"passkey:{user_id}".encode()).digest()
