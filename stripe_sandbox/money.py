"""Amounts are integers in a currency's minor unit; only a screen ever sees a decimal point."""

_NO_MINOR = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
_THREE = frozenset(
    [
        "bhd",
        "jod",
        "kwd",
        "omr",
        "tnd",
    ]
)
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def share(amount: int, part: int, whole: int) -> int:
    """`amount * part / whole`, to the nearest unit, half away from zero. Integers all the way."""
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) * part + whole) // (2 * whole))


def shown(amount: int, currency: str) -> str:
    """`1234, "usd"` -> `$12.34`; negative amounts with a true minus."""
    places = 0 if currency in _NO_MINOR else 3 if currency in _THREE else 2
    units, rest = divmod(abs(amount), 10**places)
    number = f"{units:,}" + (f".{rest:0{places}d}" if places else "")
    sign = _SIGNS.get(currency)
    text = f"{sign}{number}" if sign else f"{number} {currency.upper()}"
    return f"−{text}" if amount < 0 else text
