"""The face: a Textual app over an opened account. It shows what the mirror holds and asks for plans."""
