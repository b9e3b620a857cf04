"""Dossiers for bodies that ask for a form: UN mechanisms, sanctions authorities, the European Parliament.

Owns each dossier from the first draft that the case fills to the day its body has answered. Nothing leaves without a
consent, a check and a second person, and what left stands as it was. Sanctions material is shown outside Russia alone.
"""
