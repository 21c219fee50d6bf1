"""Performing a move: the one place where a state changes, and everything that goes with it."""
