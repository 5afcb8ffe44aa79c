"""Users, offices, keys of systems and webhooks: what an administrator looks after. No case data stands here."""
