"""A mailing as its readers get it: rendered once for a language and a subject, with slots for what is personal."""
