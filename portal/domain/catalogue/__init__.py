"""The public's copy of what is published, and its search."""
