"""Forms of the staff side of prisoners: shape and messages; each leaves as a dataclass."""
