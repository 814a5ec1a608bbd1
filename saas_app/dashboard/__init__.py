"""The first screen behind the log-in."""
