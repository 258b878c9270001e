"""Benchmarks: every figure is a ratio against a stated yardstick measured in the same run (``make bench``)."""
