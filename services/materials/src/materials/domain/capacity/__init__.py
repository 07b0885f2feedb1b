"""The plan that capacity allows: runs have a place on their work centres, and dates follow from it."""
