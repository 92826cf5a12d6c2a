"""How Telegram is talked to: the SDK on its diet, one session, its errors and its pace."""
