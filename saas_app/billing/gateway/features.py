"""Features of plans as Stripe knows them, so that its screens and other programs see what a customer has
(https://docs.stripe.com/billing/entitlements). Our gates do not ask them: they read the plan."""

from saas_app.billing.gateway.client import ask, client, each_of


async def list_features() -> dict[str, str]:
    """Lookup key → id of every feature, archived ones too."""
    api = client().v1.entitlements.features
    return {
        found.lookup_key: found.id
        for archived in (False, True)
        async for found in each_of(api.list_async({"archived": archived, "limit": 100}))
    }


async def create_feature(lookup_key: str, name: str) -> str:
    """Make a feature; its id. The lookup key is unique at Stripe, so a second call is refused."""
    made = await ask(client().v1.entitlements.features.create_async({"lookup_key": lookup_key, "name": name}))
    return made.id


async def features_of(product_id: str) -> set[str]:
    """The ids of the features that a product carries."""
    asked = client().v1.products.features.list_async(product_id, {"limit": 100})
    return {found.entitlement_feature.id async for found in each_of(asked)}


async def attach_feature(product_id: str, feature_id: str) -> None:
    """Whoever subscribes to this product has the feature."""
    await ask(client().v1.products.features.create_async(product_id, {"entitlement_feature": feature_id}))
