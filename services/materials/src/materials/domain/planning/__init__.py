"""The regenerative plan of a whole site: one pass over arrays, from the demands down to what is bought."""
