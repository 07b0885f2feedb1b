"""The rules of the service desk: pure values, their transitions and their refusals."""
