"""Commands about the service: business settings and rules."""
