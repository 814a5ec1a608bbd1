"""A stateful Stripe that runs on this machine: same API, hosted pages and webhooks, and no real money.

It knows nothing of the app that uses it. They meet over HTTP, exactly as with Stripe itself.
"""

API_VERSION = "2026-10-28.endive"
