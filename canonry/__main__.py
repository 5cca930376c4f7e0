"""`python -m canonry`: the command line."""

from canonry.cli import main

if __name__ == "__main__":
    main()
