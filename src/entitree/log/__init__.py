"""What the program keeps of what it did: every request without secrets, and its own mishaps."""
