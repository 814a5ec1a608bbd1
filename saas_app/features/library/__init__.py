"""The book that is sold beside the plans: read here or taken home, by whoever owns it at that moment."""
