"""The kit: small components on Tailwind. They draw what they are given, hold no state and do no sums."""
