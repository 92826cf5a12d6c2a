"""The desk run, `python -m tests.desk`: the real program between customers and operators, killed, refused, hurried."""
