"""Remarks on the fields of a submission: put by whoever decides, read at their place, answered, closed or waived."""
