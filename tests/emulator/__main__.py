# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the emulator from the command line: `python -m tests.emulator --dir DIR`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from .config import EmulatorConfig, load_config
from .core import Emulator
from .https_server import HttpsServer


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description="Emulate the tenant API of ABBYY Vantage over HTTPS on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--dir", type=Path, required=True, help="folder for ca.pem and emulator.json, which are written once the emulator listens")
    parser.add_argument("--config", type=Path, help="YAML or JSON file with tenants, behaviour and faults; without it, the two default tenants")
    parser.add_argument("--latency", type=float, help="seconds that every answer takes")
    parser.add_argument("--conformance", action="store_true", help="hold every exchange to openapi.yaml; a deviation is answered with 500")
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = parse_arguments()
    config = load_config(arguments.config) if arguments.config else EmulatorConfig()
    if arguments.latency is not None:
        config.behaviour["latency"] = arguments.latency
    server = HttpsServer(Emulator(config, conformance=arguments.conformance), arguments.port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    arguments.dir.mkdir(parents=True, exist_ok=True)
    announcement = arguments.dir / "emulator.json"
    announce(server, arguments.dir / "ca.pem", announcement)
    stop.wait()
    announcement.unlink(missing_ok=True)
    server.shutdown()
    server.server_close()


def announce(server: HttpsServer, ca_path: Path, announcement: Path) -> None:
    """Tell where the emulator listens; both files are moved into place whole."""
    replace_file(ca_path, server.ca_pem)
    facts = {"base_url": server.base_url, "port": server.server_port, "pid": os.getpid(), "ca_path": str(ca_path.resolve())}
    replace_file(announcement, json.dumps(facts).encode())


def replace_file(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


if __name__ == "__main__":
    main()
