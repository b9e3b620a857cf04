"""The ladder: who may be asked for what, asking one or many, what they say, the rules, and counts for the picture."""
