"""Messages owed to people: written with the decision that causes them, sent by a job."""
