"""Forms of dossiers, their words, and what the case says in English."""
