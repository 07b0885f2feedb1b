"""Simulated people, each with one job; they know nothing but the public interfaces."""
