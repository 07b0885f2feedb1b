"""The demo: scenarios played to their end, and what became of each order."""
