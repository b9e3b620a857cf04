"""What an operator does to a deployment: back up and restore, replace the master key, check it, wipe it.

Nothing here knows Flask; campaign/commands/ asks the questions and shows the progress.
"""
