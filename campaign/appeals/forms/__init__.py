"""Forms of appeals: shape and messages."""
