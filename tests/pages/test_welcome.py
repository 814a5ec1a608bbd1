"""The offer on the first page of a new member: what they had chosen, if it is sold, at the interval it is sold by."""

import jinja2
import pytest

from saas_app.billing.catalogue import Offer, OfferPrice
from saas_app.dashboard.welcome import CHOSEN

SOLD = OfferPrice(available=True)


@pytest.mark.parametrize(
    ("chosen", "billing_month", "agent", "offered"),
    [
        ("agent_v1", False, {"month": SOLD, "year": SOLD}, "agent_v1 year"),
        ("agent_v1", True, {"month": SOLD, "year": SOLD}, "agent_v1 month"),
        ("agent_v1", False, {"month": SOLD}, "agent_v1 month"),
        ("agent_v1", True, {"year": SOLD}, "agent_v1 year"),
        ("agent_v1", False, {}, "pro_v1 year"),
        ("free", False, {}, "pro_v1 year"),
        ("no_such_plan", True, {}, "pro_v1 month"),
    ],
)
def test_a_new_member_is_offered_what_they_chose_as_it_is_sold(
    chosen: str, billing_month: bool, agent: dict[str, OfferPrice], offered: str
) -> None:
    plans = {
        "free": Offer("free", "Free", "", ()),
        "pro_v1": Offer("pro_v1", "Pro", "", (), month=SOLD, year=SOLD),
        "agent_v1": Offer("agent_v1", "Agent", "", (), **agent),
    }
    shown = CHOSEN + "{{ offer.key }} {{ 'month' if monthly else 'year' }}"
    page = jinja2.Environment(autoescape=True).from_string(shown)
    assert page.render(plans=plans, form={"plan": chosen}, billing_month=billing_month) == offered
