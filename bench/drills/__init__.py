"""The fault list of docs/safety.md, each fault made on purpose and counted: `python -m bench.drills [name …]`.

Every drill has servers of its own and harms nothing else: processes are killed by the number they were started under,
and everything listens on loopback only.
"""
