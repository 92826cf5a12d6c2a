"""Surveys carried out: invitations, questions, answers, and what follows from them."""
