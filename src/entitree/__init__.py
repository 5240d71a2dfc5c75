"""A terminal app for the applications and entities of a CPaaS X account."""

__version__ = "0.1.0"
