"""What is sent to the terminal, and what it shows then."""
