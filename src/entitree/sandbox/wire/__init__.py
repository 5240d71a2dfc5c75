"""Requests as they come in, and replies as they go out, as all families have them."""
