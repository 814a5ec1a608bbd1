"""Metadata: up to fifty notes of the caller; an empty value takes one away (docs.stripe.com/api/metadata)."""

from typing import Any

from stripe_sandbox.errors import Invalid

_MOST, _KEY, _VALUE = 50, 40, 500


def merged(old: dict[str, str] | None, given: Any) -> dict[str, str]:
    """The notes after a change: new ones added, empty ones removed, `""` for all clears."""
    if given == "":
        return {}
    result = dict(old or {})
    for key, value in (given or {}).items():
        if len(key) > _KEY or len(value) > _VALUE:
            raise Invalid("Metadata keys have up to 40 and values up to 500 characters.", param="metadata")
        if value == "":
            result.pop(key, None)
        else:
            result[key] = value
    if len(result) > _MOST:
        raise Invalid("You can have up to 50 metadata keys.", param="metadata")
    return result
