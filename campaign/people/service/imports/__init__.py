"""Lists that come in: received in sealed pieces, their columns named, each row checked, applied, taken back."""
