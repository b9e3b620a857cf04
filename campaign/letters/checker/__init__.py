"""What a censor or an investigator would stop at, found in a letter before it leaves: arithmetic over words.

`check(text, context)` gives a `Report`; docs/letters.md tells what it finds and what it cannot promise. It knows no
database and no Flask, sends nothing anywhere and logs nothing.
"""
