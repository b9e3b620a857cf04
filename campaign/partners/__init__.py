"""Partner organisations of a petition, and what signers let be passed on to them.

Promises that an opt-in is readable by its organisation alone from the moment of confirmation on, that two persons stand
behind every key and every export, and that nothing is kept once a petition's keys are gone.
"""
