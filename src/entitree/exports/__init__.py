"""What leaves the program as data: rows as CSV and JSON, for a terminal, a file or the clipboard.

The command line and the app print and save through here, so that both give the same bytes.
"""
