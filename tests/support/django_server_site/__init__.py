"""A site for browsers: packages of others in the admin, ours beside them. It runs in its own process."""
