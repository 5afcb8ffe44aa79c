"""The register: what the node holds of declarations, decisions, findings and users, and who did what."""
