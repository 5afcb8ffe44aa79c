"""Writing profiles, simulating them, approving them."""
