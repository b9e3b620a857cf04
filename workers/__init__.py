"""The muscle: empties mail lanes and the outbox, and keeps the timetable.

Celery only carries rings. What is owed stands in the database, so a worker that dies or a broker that forgets delays
work and loses none; `flask jobs drain` does all of it without Celery.
"""
