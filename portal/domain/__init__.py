"""What is true and what may happen: knows no HTTP and no queue."""
