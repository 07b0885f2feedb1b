"""Facts sent to others over HTTP: endpoints that are registered, deliveries that are signed and tried again."""
