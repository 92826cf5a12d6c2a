"""Who may do what, and how much of it: tokens and signed identities, rates, and the door of every request."""
