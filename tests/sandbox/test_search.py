"""Stripe's search language."""

import pytest
import stripe

from tests.sandbox.shop import Shop


@pytest.fixture
def people(shop: Shop) -> Shop:
    for name, email, tier in (("Ann Lee", "ann@example.com", "a"), ("Bob", "bob@example.com", "b"), ("Cy", "", "a")):
        wanted = {"name": name, "metadata": {"tier": tier, "dotted.key": "x'y"}}
        shop.api.customers.create({**wanted, **({"email": email} if email else {})})
    return shop


def names(shop: Shop, query: str) -> set[str]:
    return {each.name for each in shop.api.customers.search({"query": query}).data}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('email:"ANN@example.com"', {"Ann Lee"}),
        ("email:'bob@example.com'", {"Bob"}),
        ('email~"example"', {"Ann Lee", "Bob"}),
        ("email:null", {"Cy"}),
        ("-email:null", {"Ann Lee", "Bob"}),
        ('metadata["tier"]:"a"', {"Ann Lee", "Cy"}),
        ("""metadata['dotted.key']:"x'y" """, {"Ann Lee", "Bob", "Cy"}),
        ('metadata["tier"]:"a" AND email~"ann@"', {"Ann Lee"}),
        ('name:"Bob" OR name:"Cy"', {"Bob", "Cy"}),
        ('-name:"Bob" metadata["tier"]:"a"', {"Ann Lee", "Cy"}),
        ("created>1000", {"Ann Lee", "Bob", "Cy"}),
        ("created<1000", set()),
        ("""name:"x' OR '1'='1" """, set()),
    ],
)
def test_customers_are_found_by_what_is_known_of_them(people: Shop, query: str, expected: set[str]) -> None:
    assert names(people, query) == expected


def test_a_search_goes_on_page_by_page(people: Shop) -> None:
    first = people.api.customers.search({"query": "created>1", "limit": 2})
    assert (len(first.data), first.has_more) == (2, True)
    second = people.api.customers.search({"query": "created>1", "limit": 2, "page": first.next_page})
    assert ([each.name for each in second.data], second.has_more) == (["Ann Lee"], False)
    assert len(list(first.auto_paging_iter())) == 3


def test_other_things_are_found_too(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    api = shop.api
    assert [p.id for p in api.products.search({"query": 'name:"Pro" AND active:"true"'}).data] == [shop.pro.id]
    assert [p.id for p in api.prices.search({"query": 'lookup_key:"pro_yearly"'}).data] == [shop.yearly.id]
    assert [s.id for s in api.subscriptions.search({"query": 'status:"active"'}).data] == [subscription.id]
    paid = api.invoices.search({"query": f'subscription:"{subscription.id}" AND total>=1900'}).data
    assert [each.status for each in paid] == ["paid"]
    assert api.payment_intents.search({"query": f'customer:"{customer.id}"'}).data[0].amount == 1900
    assert api.charges.search({"query": "refunded:'false'"}).data[0].customer == customer.id


@pytest.mark.parametrize(
    "query",
    ["", "email", 'colour:"red"', "email:ann", 'email:"a" AND', 'email>"a"', "created:\"x\"", 'name~"ab"', "metadata:1",
     'email:"a" AND name:"b" OR name:"c"', 'email:"unclosed', " OR ".join(['name:"x"'] * 11)],
)  # fmt: skip
def test_what_is_no_query_is_refused_and_says_why(shop: Shop, query: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.customers.search({"query": query})
    assert refused.value.param == "query"
