"""A simulated day: Otklik's own code, a clock that moves when told, 2 000 conversations, 12 operators."""
