"""Carries decisions out: state, messages and deliveries in the transaction of the arrival they answer."""
