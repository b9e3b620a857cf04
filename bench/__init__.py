"""The benchmarks that docs/performance.md quotes, each against its limit in the same run.

Every benchmark measures us and something plain beside us in turns, on servers of its own, and compares the medians: a
machine that is slow today is slow for both. `python -m bench` runs all of them, `python -m bench signing page` some.
"""
