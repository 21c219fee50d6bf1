"""What people see: three areas, accounts, an API, and what they share."""
