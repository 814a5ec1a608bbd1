"""Tax numbers of customers, as they stand on invoices (docs.stripe.com/api/tax_ids).

Their form is checked for the kinds below; nobody is asked whether they are true, as in Stripe's test mode.
"""

import re

from stripe_sandbox import events, lists, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import Object, Tx

_PATH = "/v1/customers/{customer}/tax_ids"
KINDS: dict[str, tuple[str, str]] = {  # kind -> form, example
    "eu_vat": (r"[A-Z]{2}[0-9A-Z+*]{2,12}", "DE123456789"),
    "gb_vat": (r"(GB|XI)([0-9]{9}|[0-9]{12}|(GD|HA)[0-9]{3})", "GB123456789"),
    "us_ein": (r"[0-9]{2}-?[0-9]{7}", "12-3456789"),
    "ch_vat": (r"CHE-?[0-9]{3}\.?[0-9]{3}\.?[0-9]{3} ?(MWST|TVA|IVA)", "CHE-123.456.789 MWST"),
    "no_vat": (r"[0-9]{9}MVA", "123456789MVA"),
    "ca_gst_hst": (r"[0-9]{9}RT[0-9]{4}", "123456789RT0002"),
    "au_abn": (r"[0-9]{11}", "12345678912"),
    "nz_gst": (r"[0-9]{8,9}", "123456789"),
    "in_gst": (r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]", "12ABCDE3456FGZH"),
    "jp_trn": (r"T[0-9]{13}", "T1234567891234"),
    "br_cnpj": (r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}/?[0-9]{4}-?[0-9]{2}", "01.234.456/5432-10"),
    "mx_rfc": (r"[A-Z&Ñ]{3,4}[0-9]{6}[0-9A-Z]{3}", "ABC010203AB9"),
    "sg_gst": (r"M[0-9]{8}[A-Z]", "M12345678X"),
    "za_vat": (r"4[0-9]{9}", "4123456789"),
}
_MOST = 5


@route("POST", _PATH, takes=["type", "value"])
def create(tx: Tx, params: Params, customer: str) -> Object:
    return add(tx, tx.at("customer", customer), params.get("type", ""), params.get("value", ""))


def add(tx: Tx, customer: Object, kind: str, value: str, where: str = "") -> Object:
    """Keep a tax number of a customer. `where`: the parameter that holds it, if it is not the call's own."""
    if kind not in KINDS:
        raise Invalid(f"The sandbox knows these kinds of tax ids: {', '.join(KINDS)}.", param=_at(where, "type"))
    value = value.strip().upper()
    if not well_formed(kind, value):
        raise Invalid(
            f"Invalid value for {kind}. It looks like this: {KINDS[kind][1]}.",
            param=_at(where, "value"),
            code="tax_id_invalid",
        )
    if len(tx.of_customer("tax_id", customer["id"])) >= _MOST:
        raise Invalid(f"A customer can have at most {_MOST} tax ids.", param=_at(where, "value"))
    return events.created(
        tx,
        {
            "id": new_id("txi"),
            "object": "tax_id",
            "country": _country(kind, value),
            "created": tx.now,
            "customer": customer["id"],
            "customer_account": None,
            "livemode": False,
            "owner": {"customer": customer["id"], "type": "customer"},
            "type": kind,
            "value": value,
            "verification": {"status": "unavailable", "verified_address": None, "verified_name": None},
        },
        "customer.tax_id.created",
    )


def well_formed(kind: str, value: str) -> bool:
    """Does it look like a number of this kind?"""
    return kind in KINDS and re.fullmatch(KINDS[kind][0], value.strip().upper()) is not None


def _at(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _country(kind: str, value: str) -> str | None:
    return value[:2] if kind == "eu_vat" else kind[:2].upper()


@route("GET", _PATH, takes=lists.PAGE)
def list_all(tx: Tx, params: Params, customer: str) -> Object:
    tx.at("customer", customer)
    return lists.page(tx, "tax_id", f"/v1/customers/{customer}/tax_ids", params, {"customer": customer})


@route("GET", _PATH + "/{id}")
def retrieve(tx: Tx, params: Params, customer: str, id: str) -> Object:
    return _of(tx, customer, id)


@route("DELETE", _PATH + "/{id}", takes=[])
def delete(tx: Tx, params: Params, customer: str, id: str) -> Object:
    return remove(tx, _of(tx, customer, id))


def remove(tx: Tx, found: Object) -> Object:
    """Away with a tax number."""
    events.emit(tx, "customer.tax_id.deleted", found)
    return tx.bury(found)


def _of(tx: Tx, customer: str, id_: str) -> Object:
    found = tx.at("tax_id", id_)
    if found["customer"] != customer:
        raise Invalid(f"No such tax_id: '{id_}'", param="id", code="resource_missing")
    return found


@wire.virtual("customer", "tax_ids")
def of_customer(tx: Tx, customer: Object) -> Object:
    """Only there when expanded."""
    return lists.of(tx.of_customer("tax_id", customer["id"]), f"/v1/customers/{customer['id']}/tax_ids")


def on_invoice(tx: Tx, customer: str) -> list[Object]:
    """A customer's tax numbers as an invoice shows them."""
    return [{"type": each["type"], "value": each["value"]} for each in reversed(tx.of_customer("tax_id", customer))]
