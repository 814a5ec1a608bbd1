"""The sandbox's own screens, for the person who tries a product: look at everything, and do what Stripe's do.

Whatever they change goes through the API's own operations, so that nothing can be done here which a program
could not do; only what has no API (the clock, disputes, declines, chaos) has a way of its own.
"""
