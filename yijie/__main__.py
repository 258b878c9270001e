"""``python -m yijie``: the command line."""

from yijie.interfaces.cli import main

if __name__ == "__main__":
    main()
