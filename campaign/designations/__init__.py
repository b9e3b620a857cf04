"""Owns the register of organisations and of the labels a state puts on them: dated, sourced, checked on a day.

Promises that what may be shown to a visitor in Russia follows from this register and from no text in code, that every
entry names its source, and that staff hear of it when nobody has looked for thirty days (SAFETY.md 17).
"""
