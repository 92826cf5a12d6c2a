"""What the desk is shown besides the conversation itself: the card, and alerts for leads."""
