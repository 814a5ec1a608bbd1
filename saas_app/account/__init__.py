"""What a member can see and change of their own account, and how they leave."""
