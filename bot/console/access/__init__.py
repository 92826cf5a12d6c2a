"""Who may come in: passwords, cookies, and what every request is checked for."""
