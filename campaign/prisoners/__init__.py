"""Owns the people in prison: who they are, their cases, where they are held, and where a letter reaches them.

Promises that every fact names its source and keeps its history, that a person has one current liberty status and is
never confirmed in two places at once, and that nobody's page is public without their consent, given by them or their
family, unless they are a public figure. A change of somebody's situation reaches every feature that depends on it.
"""
