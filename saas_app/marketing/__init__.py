"""What strangers see: the landing page, the prices, and the small print."""
