"""The `hongyan` command: every door to the program from a shell."""

import os
import sys

# Django owns the word `check`; for our users it means the laws of the journeys.
RENAMED = {"check": "check_laws", "system-check": "check"}


def main() -> None:
    """Run one command of the program, e.g. `hongyan demo --scale small`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hongyan.settings")
    argv = list(sys.argv)
    if len(argv) > 1:
        argv[1] = RENAMED.get(argv[1], argv[1])
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)


if __name__ == "__main__":
    main()
