"""Benchmarks: ours beside the bare limit and the usual way, in turn, medians and ratios, with every effect checked."""
