"""Who is asking, against which account, by which rules."""
