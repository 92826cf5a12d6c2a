"""Surveys in the database: questionnaires, invitations, answers, and what follows from them."""
