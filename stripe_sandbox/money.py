"""Amounts are integers in a currency's minor unit; only a screen ever sees a decimal point."""

import re

# docs.stripe.com/currencies. ISK and UGX have no cents any more, and are still counted in hundredths.
_NO_MINOR = frozenset(re.findall("...", "bifclpdjfgnfjpykmfkrwmgapygrwfvndvuvxafxofxpf"))
_THREE = frozenset(re.findall("...", "bhdjodkwdomrtnd"))
_TWO = """
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc
cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd
kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr
pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs wst xcd
yer zar zmw
"""
CURRENCIES = _NO_MINOR | _THREE | set(_TWO.split())
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def share(amount: int, part: int, whole: int) -> int:
    """`amount * part / whole`, to the nearest unit, half away from zero. Integers all the way."""
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) * part + whole) // (2 * whole))


def places(currency: str) -> int:
    """How many digits stand after the decimal point of a currency."""
    return 0 if currency in _NO_MINOR else 3 if currency in _THREE else 2


def parse(text: str, currency: str) -> int:
    """`"12.34", "usd"` -> 1234. Raises ValueError, in words, for anything that is no such amount."""
    match = re.fullmatch(r"(\d{1,9})(?:[.,](\d+))?", text.strip())
    if match is None:
        raise ValueError("Write an amount such as 19 or 19.00.")
    units, rest = match[1], match[2] or ""
    digits = places(currency)
    if len(rest) > digits:
        raise ValueError(f"{currency.upper()} has {digits or 'no'} digits after the point.")
    return int(units) * 10**digits + int(rest.ljust(digits, "0") or 0)


def shown(amount: int, currency: str) -> str:
    """`1234, "usd"` -> `$12.34`; negative amounts with a true minus."""
    number = _with_point(abs(amount), places(currency), "{:,}")
    sign = _SIGNS.get(currency)
    text = f"{sign}{number}" if sign else f"{number} {currency.upper()}"
    return f"−{text}" if amount < 0 else text


def typed(amount: int, currency: str) -> str:
    """As one would type it into a field: `1234, "usd"` -> `12.34`."""
    return _with_point(amount, places(currency), "{}")


def _with_point(amount: int, digits: int, units_as: str) -> str:
    units, rest = divmod(amount, 10**digits)
    return units_as.format(units) + (f".{rest:0{digits}d}" if digits else "")
