"""`python -m gyeol script.py` is `gyeol run script.py`; with a command it is `gyeol command`."""

import sys

from gyeol.cli import main

arguments = sys.argv[1:]
if any(argument.endswith(".py") for argument in arguments[:2]) and arguments[0] != "run":
    arguments = ["run", *arguments]
main(arguments)
