"""Pages of pen-pals for the public and for writers, a module and a blueprint each."""
