"""What was seen of a shift, read through the public doors when it is over: a module for each kind of shift."""
