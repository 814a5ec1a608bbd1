"""The product that is sold: take a folder away and its line in saas_app/saas_app.py, and the rest runs."""
