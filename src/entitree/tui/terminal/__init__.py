"""The terminal as cells: what it shows, what it is to show, and the shortest text from one to the other.

`reader` takes what Textual writes and puts it into the cells of a `grid`; whatever is not of its small
grammar goes no further. `painter` compares a grid with what the terminal shows and writes the difference,
with the moves and looks of a `pen`. `line` does so in a thread of its own, when the terminal takes something.
"""
