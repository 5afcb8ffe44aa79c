"""What the inspector does at the quay, with a phone."""
