"""Benchmarks: what the library costs next to the best that could be written by hand, as ratios within one run."""
