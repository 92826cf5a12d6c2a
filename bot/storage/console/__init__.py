"""What the web console keeps: sessions, marks of each operator, and the log of events that open pages follow."""
