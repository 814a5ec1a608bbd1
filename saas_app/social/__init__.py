"""Logging in with an account that people have elsewhere: Google, GitHub, or any OpenID Connect provider."""
