"""The front door: what every request and every event passes before a feature sees it."""
