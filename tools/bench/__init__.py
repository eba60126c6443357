"""Benchmarks: what the plugin adds to a flake8 run, and the code it is measured on."""
