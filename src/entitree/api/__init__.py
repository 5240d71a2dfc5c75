"""The platform's HTTP API: what can be asked, how it is sent, what comes back. Keeps no state."""
