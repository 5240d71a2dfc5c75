"""Text from the platform that wants to do something to the terminal, or to whoever reads it."""
