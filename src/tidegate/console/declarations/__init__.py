"""One declaration, all that is known of it, and what an officer does about it."""
