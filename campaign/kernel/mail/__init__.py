"""Mail: rows that say what is owed, and their delivery with nothing lost and nothing sent twice.

rows holds the table, claiming what a worker does with a row, kinds how each kind of mail is made, message the text
itself, senders the SMTP conversation, delivery the loop that ties them together, batches mails by the thousand, pace
how fast these may leave, suppression who is never mailed, quota the three a day.
"""
