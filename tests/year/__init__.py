"""A year of a company that never was: every figure is known before it is measured."""
