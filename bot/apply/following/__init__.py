"""What follows by itself: rules, timers that come due, the queue shared out."""
