"""A terminal app for the applications and entities of a CPaaS X account."""
