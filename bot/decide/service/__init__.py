"""Decisions that time asks for: timers, targets, rules, the queue."""
