"""The rules of the read model: what follows from facts, whatever the order in which they arrive."""
