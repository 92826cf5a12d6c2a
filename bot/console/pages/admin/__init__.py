"""What admins set: operators, rules of business, channels; and what was done by whom."""
