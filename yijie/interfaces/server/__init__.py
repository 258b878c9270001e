"""The server process: PostgreSQL to stand on, Django to answer, granian to listen."""
