"""Surveys in the dialogue: what to say next."""
