"""Announcements carried out: sent to an audience little by little, and said first to whoever writes."""
