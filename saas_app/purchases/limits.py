"""How often one person may have files made."""

from datetime import timedelta

from saas_app.core.ratelimit import Rule

DOWNLOADS_BY_USER = Rule("downloads by user", 30, timedelta(minutes=10))
