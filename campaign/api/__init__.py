"""The API: what is public here for programs, and what partners with a token may send.

It tells a program exactly what a page would tell its reader, and to every program the same. Since a program cannot say
where its reader is, it is answered as for a reader in Russia unless it asks with `place=out` (SAFETY.md 17).
"""
