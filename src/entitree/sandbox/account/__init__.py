"""What the account holds, where it is kept, and what changes in it."""
