"""In which currency somebody probably reckons, by the languages that their browser asks for."""

_REGIONS = {
    "eur": "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK",
    "usd": "US PR EC",
    "chf": "CH LI",
    "gbp": "GB",
    "jpy": "JP",
    "cad": "CA",
    "aud": "AU",
    "nzd": "NZ",
    "sek": "SE",
    "nok": "NO",
    "dkk": "DK",
    "pln": "PL",
    "czk": "CZ",
    "huf": "HU",
    "ron": "RO",
    "inr": "IN",
    "brl": "BR",
    "mxn": "MX",
    "krw": "KR",
    "sgd": "SG",
    "hkd": "HK",
    "twd": "TW",
    "zar": "ZA",
    "ils": "IL",
    "try": "TR",
    "aed": "AE",
    "sar": "SA",
    "kwd": "KW",
    "bhd": "BH",
    "thb": "TH",
    "myr": "MY",
    "idr": "ID",
}
_CURRENCIES = {region: currency for currency, regions in _REGIONS.items() for region in regions.split(" ")}
LONGEST = 200


def likely_currencies(accept_language: str) -> list[str]:
    """The currencies of the regions that an Accept-Language header names, the most wanted first
    (https://www.rfc-editor.org/rfc/rfc9110#field.accept-language). A language alone is spoken in many places."""
    ranked: list[tuple[float, str]] = []
    for part in accept_language[:LONGEST].split(","):
        tag, _, weight = part.strip().partition(";q=")
        region = next((word for word in tag.split("-")[1:] if len(word) == 2), "")
        currency = _CURRENCIES.get(region.upper())
        if currency:
            ranked.append((_number(weight), currency))
    return list(dict.fromkeys(currency for _, currency in sorted(ranked, key=lambda each: -each[0])))


def _number(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
