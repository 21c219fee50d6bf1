"""What leaves the house: the queue, the deliveries, the mails, the clock, and the outlets to the outside world."""
