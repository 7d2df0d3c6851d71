"""Everything that runs later. Imports ``marketplace``; is imported by nobody.

The life of a message: a service posts it to the outbox in its own transaction (``store/outbox``);
the relay (``relay``) takes committed rows, asks ``routes`` which jobs they ring, and puts those in
RQ's queues; a worker (``perform``) rebuilds the message and calls the job's body, which re-reads
the truth from PostgreSQL. Redis is the doorbell, the database is the letter-box: the sweeps in
``schedule`` ring again for whatever is due, so losing Redis loses minutes, not facts.
"""
