"""Users, offices, keys of systems."""
