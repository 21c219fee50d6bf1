"""The directory of the organisations, as they keep it themselves: sites, contacts, open days."""
