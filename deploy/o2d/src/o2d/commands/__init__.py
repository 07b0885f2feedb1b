"""One module a command: its name is the command's, its function `command` is what the shell calls."""
