"""What the bot knows: FAQ entries, the search among them and the verdict on a customer's words."""
