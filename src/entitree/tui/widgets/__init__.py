"""Widgets that know Textual and nothing of accounts: data goes in as plain values, messages come out."""
