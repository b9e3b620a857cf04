"""Appeals: letters that people write to officials from their own mail program or desk, and what became of them.

Nothing that a visitor writes is stored: a letter is composed for one answer, and all that is kept is a count of those
said to have been sent, by appeal, official and day.
"""
