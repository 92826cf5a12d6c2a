"""What keeps an installation in order: backups, depths and health, the figures of the report."""
