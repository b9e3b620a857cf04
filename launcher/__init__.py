"""Start the platform on one machine from nothing but its virtual environment.

`keeper.attach(data_dir)` gives any process the embedded PostgreSQL and Valkey of a data folder for as long as it
lives; the first user starts them, the last one leaving stops them, however it leaves. `python -m launcher run` holds
them, prepares the database and keeps web, workers and beat running together; `python -m launcher services` holds the
servers alone. Nothing is written outside the data folder, and nothing that was not started here is ever signalled.
"""
