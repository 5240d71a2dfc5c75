"""What the user can do: one class a command, from which key, footer, palette and help are all made."""
