# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: half a year of two emulated tenants in a minute, with a consumer that must not notice anything. `make demo` starts it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.demo.consumer import Consumer
from tests.demo.stage import DemoError, Stage, say
from tests.emulator.config import EmulatorConfig
from tests.emulator.core import Emulator
from tests.emulator.https_server import HttpsServer
from tests.emulator.playground import CHECKOUT, Playground, welcome

FOLDER = Path(os.environ.get("DEMO_FOLDER", CHECKOUT / ".cache/demo"))
PORTAL = "    - https://invoices.contoso.example/signin"
BETA = "    - https://invoices-beta.contoso.example/signin"
HOUR, DAY = 3600, 86400
CONSUMED = "invoice-intake/default"


@contextmanager
def running_emulator(folder: Path) -> Iterator[tuple[Emulator, Playground]]:
    """Serve an emulator from this process, with a folder to work in."""
    config = EmulatorConfig()
    emulator = Emulator(config)
    server = HttpsServer(emulator)
    playground = Playground(folder, config, server.base_url)
    playground.write(server.ca_pem, os.getpid(), workspace=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield emulator, playground
    finally:
        server.shutdown()
        server.server_close()


def onboard_everything(stage: Stage) -> None:
    """Onboard all apps from nothing, then once more."""
    say("1. Onboard", "The apps of docs/examples/tenants become clients. Each secret goes into an encrypted file, is read back, and is tried.")
    stage.onboard()
    say("2. Run it again", "Nothing changes, and nothing is written.")
    stage.emulator.journal.clear()
    stage.onboard()
    stage.expect(not stage.emulator.journal.writes(), "the second run has written something.")


def change_an_app(stage: Stage) -> None:
    """Give an app one more redirect URI."""
    say("3. Change an app", "The invoice portal gets another redirect URI. Check mode shows the difference and writes nothing.")
    path = stage.tenants / "apps/contoso/invoices.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(PORTAL, f"{PORTAL}\n{BETA}"), encoding="utf-8")
    stage.emulator.journal.clear()
    stage.onboard("--limit", "contoso", "--check", "--diff")
    stage.expect(not stage.emulator.journal.writes(), "check mode has written something.")
    say("Now for real")
    stage.onboard("--limit", "contoso")
    stage.expect(BETA.strip(" -") in stage.redirect_uris("contoso", "invoice-portal"), "the redirect URI did not change.")


def rotate(stage: Stage) -> None:
    """Let half a year pass: secrets are renewed with an overlap, and the old ones are deleted."""
    say("4. Five months later", "Secrets live 180 days here and are renewed 30 days before. The run renews them, and the older ones still work.")
    old = stage.held("contoso")[CONSUMED]
    stage.emulator.advance(155 * DAY)
    stage.onboard()
    new = stage.held("contoso")[CONSUMED]
    stage.expect(old.id != new.id, f"{CONSUMED} was not renewed.")
    stage.expect(stage.works("invoice-intake", old.value) and stage.works("invoice-intake", new.value), "not both secrets work.")
    print(f"\n{CONSUMED}: the older secret works, and so does the new one.")
    say("Two days later", "The overlap is over: the run deletes the older secrets.")
    stage.emulator.advance(50 * HOUR)
    stage.onboard()
    stage.expect(not stage.works("invoice-intake", old.value), "the older secret still works.")
    stage.expect(stage.works("invoice-intake", new.value), "the new secret does not work.")
    print(f"\n{CONSUMED}: the older secret is refused, and the new one works.")


def survive_a_kill(stage: Stage) -> None:
    """Kill a run while it delivers, and let the next one repair what it left."""
    say("5. A run is killed", "Five months later again. The run is killed when the tenants have made secrets that are not in the files yet.")
    stage.emulator.advance(155 * DAY)
    lost = stage.kill_while_delivering()
    print(f"\nKilled. The tenants have {lost} secrets whose values are lost. The files still have the older ones, and those work.")
    say("The next run", "It deletes what the killed run left behind, and makes each secret once.")
    stage.onboard()
    stage.expect(not stage.unknown_secrets(), "there are secrets whose value is lost.")


def report(stage: Stage) -> Path:
    """Write the report page."""
    say("6. The report", "One page for all tenants: secrets that expire, secrets whose value is lost, and clients at risk.")
    stage.play("abbyy.vantage.report")
    page = stage.tenants / "vantage-report/vantage-expiry.html"
    stage.expect(page.is_file(), "the report was not written.")
    return page


def tell_the_end(stage: Stage, consumer: Consumer, page: Path) -> None:
    """Print what was proved, in numbers, and where everything is."""
    stage.expect(consumer.failures == 0, f"the consumer's login failed {consumer.failures} times.")
    broken = stage.broken_secrets()
    stage.expect(not broken, f"these secrets do not work: {', '.join(broken)}.")
    say("What this proved")
    clients, secrets = stage.counts()
    print(f"- {stage.runs} runs kept {clients} clients with {secrets} secrets on 2 tenants as declared, through 312 days and one killed run.")
    print(f"- A consumer logged in {consumer.logins:,} times meanwhile. {consumer.failures} logins failed.")
    print("- Each secret in the files works. No secret in the tenants has a lost value.")
    print(f"\nThe report:  {page}\nThe files:   {stage.tenants}")


def keep(playground: Playground) -> None:
    """Serve on until somebody presses Ctrl-C."""
    say("The emulator keeps running")
    print(welcome(playground, workspace=True), flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def main() -> None:
    """Tell the story from beginning to end."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    if os.environ.get("DEMO_KEEP"):
        # Before any thread exists, so that no thread receives the signal.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running_emulator(FOLDER) as (emulator, playground):
        print(f"An emulator of ABBYY Vantage listens at {playground.base_url}, with the tenants contoso and fabrikam.")
        stage = Stage(emulator, playground)
        try:
            onboard_everything(stage)
            with Consumer(stage, CONSUMED) as consumer:
                change_an_app(stage)
                rotate(stage)
                survive_a_kill(stage)
                page = report(stage)
            tell_the_end(stage, consumer, page)
        except DemoError as exc:
            sys.exit(f"\nThe demo failed: {exc}")
        if os.environ.get("DEMO_KEEP"):
            keep(playground)
        else:
            print("The emulator:  DEMO_KEEP=1 make demo keeps it running; make emulator starts a new one.")


if __name__ == "__main__":
    main()
