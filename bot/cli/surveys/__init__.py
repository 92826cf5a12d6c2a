"""Commands about how well it goes: the report, surveys, reviews."""
