"""A region's files become organisations, sheets and people: read, checked whole, accepted by a person, then applied."""
