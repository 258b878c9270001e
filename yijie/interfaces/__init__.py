"""How the world talks to Yijie: the national HIS interface, the command line, later pages and nodes."""
