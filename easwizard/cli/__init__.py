"""Arguments in, exit code out; wires the parts together. Imports of the parts wait inside the handlers."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from easwizard.cli.arguments import parser, with_command
from easwizard.cli.console import ExitCode, UsageError, complain


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (DESIGN 5). Wrong input ends in one clear line on stderr."""
    arguments = parser().parse_args(with_command(sys.argv[1:] if argv is None else argv))
    try:
        return int(arguments.handler(arguments))
    except UsageError as error:
        complain(str(error))
        return ExitCode.USAGE
    except KeyboardInterrupt:
        complain("interrupted; nothing was changed anywhere")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, e.g. `| head`; there is nobody left to tell.
        sys.stderr.close()
        return ExitCode.NO_PROBLEM
