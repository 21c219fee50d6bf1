"""What is owed to whom: one row per revision and target, its attempts, its receipt."""
