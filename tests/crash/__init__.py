"""The crash run: a crowd of customers, a process that is killed again and again, faulty platforms, and a judge."""
