"""Names that the platform itself gives, for those who need no wire models: they are slow to import."""

DEFAULT_APPLICATION = "default"
"""Id of the application that always exists and is never deleted (platform.md 1.4)."""
