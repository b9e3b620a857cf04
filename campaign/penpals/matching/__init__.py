"""Who could be given to whom, and who should: the arithmetic of matching, without a database.

`solve(problem, settings, seed=…, on_progress=…)` gives an `Outcome`; docs/matching.md tells what it promises.
"""
