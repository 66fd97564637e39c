"""What people do, one verb per use-case; nothing here commits."""
