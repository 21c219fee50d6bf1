"""Who enters and who decides: organisations, their sites and contacts, people, memberships."""
