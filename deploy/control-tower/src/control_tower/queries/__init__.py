"""The read side: SQL straight to what the pages show."""
