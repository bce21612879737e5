"""The doors of commerce to PostgreSQL, by what they are about."""
