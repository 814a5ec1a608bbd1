"""One window from which a member gets to any page, and to anything of their own, by a few letters of its name."""
