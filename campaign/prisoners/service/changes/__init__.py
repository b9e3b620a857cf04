"""A change of somebody's situation as one act: its effects, what follows from it, undoing and correcting it."""
