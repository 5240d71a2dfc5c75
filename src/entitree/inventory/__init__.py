"""The local mirror of one account: what is there, who is tied to what, and how to find it."""
