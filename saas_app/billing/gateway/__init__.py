"""The only package that talks to Stripe (or to the sandbox: it cannot tell the difference).

Everything it returns is a frozen dataclass of ours, so that nothing above knows the SDK's objects.
Parameters and objects follow https://docs.stripe.com/api at the version that the installed SDK pins.
"""
