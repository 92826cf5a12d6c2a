"""One file a revision: 0001_name.py, 0002_name.py …; a released one is never changed."""
