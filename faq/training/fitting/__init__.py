"""Fits what ranks and what tells how sure to be, to labelled messages."""
