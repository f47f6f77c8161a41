# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator from the command line: serve, or control a running one."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from .commands import COMMANDS, CommandError, run_command
from .config import EmulatorConfig, load_config
from .core import Emulator
from .https_server import HttpsServer
from .playground import ANNOUNCEMENT, CHECKOUT, Playground, welcome

DEFAULT_FOLDER = CHECKOUT / ".cache/emulator"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description="Emulate ABBYY Vantage over HTTPS on 127.0.0.1.")
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="folder for what the emulator writes (default: .cache/emulator of the checkout)")
    parser.set_defaults(command="serve", port=0, config=None, latency=None, conformance=False, workspace=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", help="serve, the default, or a command to the emulator that runs")
    serve = commands.add_parser("serve", help="start an emulator")
    for target in (parser, serve):
        add_serve_options(target)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help)
        command.add_arguments(sub)
    return parser.parse_args()


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    """Add what a new emulator takes; without defaults, so that the sub-command does not reset earlier options."""
    missing = argparse.SUPPRESS
    parser.add_argument("--port", type=int, default=missing, help="port to listen on (default: a free one)")
    parser.add_argument("--config", type=Path, default=missing, help="YAML or JSON file with tenants, behaviour and faults")
    parser.add_argument("--latency", type=float, default=missing, help="seconds before each answer (default: 0)")
    parser.add_argument("--conformance", action="store_true", default=missing, help="check each exchange against openapi.yaml and answer 500 if it deviates")
    parser.add_argument("--workspace", action="store_true", default=missing, help="also copy the example tenants into the folder, with a vault password")


def serve(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = load_config(arguments.config) if arguments.config else EmulatorConfig()
    if arguments.latency is not None:
        config.behaviour["latency"] = arguments.latency
    try:
        server = HttpsServer(Emulator(config, conformance=arguments.conformance), arguments.port)
    except OSError as exc:
        sys.exit(f"The emulator cannot listen on port {arguments.port}: {exc.strerror}. Choose another one with --port.")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    playground = Playground(arguments.dir.resolve(), config, server.base_url)
    playground.write(server.ca_pem, os.getpid(), workspace=arguments.workspace)
    print(welcome(playground, workspace=arguments.workspace), flush=True)
    stop.wait()
    (playground.folder / ANNOUNCEMENT).unlink(missing_ok=True)
    server.shutdown()
    server.server_close()
    print("The emulator has stopped.", flush=True)


def main() -> None:
    """Run the command line."""
    arguments = parse_arguments()
    if arguments.command in (None, "serve"):
        serve(arguments)
        return
    try:
        print(run_command(arguments), flush=True)
    except CommandError as exc:
        sys.exit(str(exc))
    except BrokenPipeError:
        # The reader, such as head, has closed the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
