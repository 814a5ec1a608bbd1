"""What is sold, who has paid for it, and what that opens."""
