"""LHÉO, the language in which training offers are exchanged: written from terms, checked, read back into terms."""
