"""`python -m gyeol script.py` is `gyeol run script.py`; with a command it is `gyeol command`."""

import sys

from gyeol.cli import main

arguments = sys.argv[1:]
is_script = any(argument.endswith(".py") for argument in arguments[:2])
if is_script and arguments[0] not in ("run", "doctor"):
    arguments = ["run", *arguments]
main(arguments)
