"""Amounts in words. Money is an int of minor units with its currency, everywhere but on the screen."""

from saas_app.core import written

# https://docs.stripe.com/currencies#zero-decimal and #three-decimal. Not ISK and UGX: they have no decimals any more,
# but Stripe still counts them in hundredths (#special-cases).
ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
SIGNS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥", "inr": "₹"}


def decimals(currency: str) -> int:
    """How many decimal places the currency's minor unit stands for."""
    code = currency.lower()
    return 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2


def money(amount: int, currency: str) -> str:
    """€6, €6.50, ¥900, 4.500 KWD: decimals only where there are any (three-decimal currencies always show them)."""
    return _written(amount, currency, whole=True)


def in_column(amount: int, currency: str) -> str:
    """€6.00, €6.50, ¥900: always with the decimals of the currency, so that they stand below each other."""
    return _written(amount, currency, whole=False)


def _written(amount: int, currency: str, *, whole: bool) -> str:
    places = decimals(currency)
    units, rest = divmod(abs(amount), 10**places)
    text = f"{units:,}"
    if places and (rest or places == 3 or not whole):
        text += f".{rest:0{places}d}"
    minus = "−" if amount < 0 else ""
    sign = SIGNS.get(currency.lower())
    text = f"{minus}{written.figures(text)}"
    if sign and written.sign_comes_first():
        return f"{minus}{sign}{text.removeprefix(minus)}"
    return f"{text}\N{NO-BREAK SPACE}{sign}" if sign else f"{text} {currency.upper()}"


def plain(amount: int, currency: str) -> str:
    """72.00, for machines: no sign, no grouping."""
    places = decimals(currency)
    whole, rest = divmod(amount, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def per_month(unit_amount: int, interval: str) -> int:
    """What a price comes to per month, rounded to the nearest minor unit."""
    return unit_amount if interval != "year" else (unit_amount + 6) // 12


def saving_percent(yearly: int, monthly: int) -> int:
    """What paying by the year saves against twelve months, in whole percent, rounded down: never overstated."""
    return max(0, (12 * monthly - yearly) * 100 // (12 * monthly)) if monthly else 0
