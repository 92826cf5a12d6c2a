"""What the chat on websites keeps: the sites, their visitors, what each visitor sees, and the files they sent."""
