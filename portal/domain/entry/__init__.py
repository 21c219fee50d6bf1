"""Typing an offer: create a sheet, save a step, check a field, say what is still missing."""
