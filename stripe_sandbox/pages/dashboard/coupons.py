"""Discounts, with the codes that customers type."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import money
from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.frame import Problem, Refused
from stripe_sandbox.store import Tx

DURATIONS = ("once", "repeating", "forever")


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    found, pager = frame.rows(tx, request, "coupon")
    codes: dict[str, list[str]] = {}
    for code in tx.select("promotion_code"):
        codes.setdefault(code["promotion"]["coupon"], []).append(code["code"])
    return frame.page(
        "coupons", tx, request, problem, tab="products", coupons=found, codes=codes, pager=pager, durations=DURATIONS
    )


def _add(request: Request, typed: dict[str, str]) -> str:
    """A coupon, and a code for it in the same breath."""
    duration, code = typed.get("duration", ""), typed.get("code", "").strip()
    if duration not in DURATIONS:
        raise Refused(duration="Choose how long it lasts.")
    params = {"duration": duration, **_worth(typed.get("off", "").strip())}
    if typed.get("name", "").strip():
        params["name"] = typed["name"].strip()
    if duration == "repeating":
        params["duration_in_months"] = typed.get("months", "").strip()
    coupon = frame.call(request, "POST", "/v1/coupons", params)
    if code:
        try:
            wanted = {"promotion[type]": "coupon", "promotion[coupon]": coupon["id"], "code": code}
            frame.call(request, "POST", "/v1/promotion_codes", wanted)
        except Exception:
            frame.call(request, "DELETE", f"/v1/coupons/{coupon['id']}")  # nothing half-made stays
            raise
    return frame.saying("/coupons", "added")


def _worth(text: str) -> dict[str, str]:
    """`25%`, or `5.00 usd`."""
    if text.endswith("%"):
        return {"percent_off": text[:-1].strip().replace(",", ".")}
    amount, _, currency = text.rpartition(" ")
    try:
        return {"amount_off": str(money.parse(amount, currency.lower())), "currency": currency.lower()}
    except ValueError as error:
        raise Refused(off="Such as 25%, or 5.00 usd.") from error


add = frame.act(
    "add", every, _add, {"percent_off": "off", "amount_off": "off", "currency": "off", "duration_in_months": "months"}
)
