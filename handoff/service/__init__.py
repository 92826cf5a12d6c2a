"""How the service is given: hours, targets, waiting, rules; pure."""
