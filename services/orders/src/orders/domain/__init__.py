"""What orders decides: needs, offers, quotes, promises, orders and their value; pure."""
