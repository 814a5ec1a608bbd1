"""The ground every feature stands on: no Reflex, no Stripe."""
