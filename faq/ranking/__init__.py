"""From a text to scored entries: candidates, features, ranking."""
