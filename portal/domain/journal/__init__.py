"""What happened, to which sheet, by whom, why. Append only, by the database's own privileges."""
