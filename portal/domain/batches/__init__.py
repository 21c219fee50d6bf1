"""One decision on many sheets: the same change found across submissions, an outcome for each of them."""
