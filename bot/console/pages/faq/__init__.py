"""The FAQ editor and the list of what the bot could not answer."""
