"""Staff pages of pen-pals, a module and a blueprint each."""
