"""What time brings about is carried out here: timers, targets, rules, the queue."""
