"""What people arrange for their own work: filters kept, colleagues who stand in, how often they are written to."""
