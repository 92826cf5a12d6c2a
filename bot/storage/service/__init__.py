"""How the service is given: business settings, timers, countdowns of targets, rules."""
