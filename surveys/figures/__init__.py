"""The measures: what a conversation counts as, the counts, and every formula."""
