"""What we want to change: edits, their impact, the plan, the journal and the worker."""
