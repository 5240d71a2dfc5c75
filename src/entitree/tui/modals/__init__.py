"""Dialogs over a screen. Tab goes from field to field, Enter submits, Escape leaves."""
