"""What is paid once and then owned: bought, delivered, refunded, disputed, and claimed by whoever paid by a link."""
