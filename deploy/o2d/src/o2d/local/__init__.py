"""The local start-up: a real broker, a real database and the services, as children of one process."""
