"""FAQ files: one module for each format, and the checks they share."""
