"""What the desks keep besides conversations: the audit log and more."""
