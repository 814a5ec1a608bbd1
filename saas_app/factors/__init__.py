"""Second factors and passkeys: an authenticator app, recovery codes, and keys that stand for both factors."""
