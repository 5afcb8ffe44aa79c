"""All that is known of a trader, a vessel, a container, an address."""
