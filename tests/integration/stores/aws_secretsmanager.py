# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS Secrets Manager as moto emulates it, with a journal and a refusal in front of it."""

from __future__ import annotations

import io
import json
import re
import threading
from typing import Any

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.stores.stand_in import HOST, Quiet

READS = {"DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecrets"}
LOGIN = {"region": "eu-central-1", "access_key": "testing", "secret_key": "testing"}


class AwsSecretsmanager:
    """Moto on the loopback address while a `with` block lasts.

    :ivar writes: the names of the API's actions that were to change something.
    :ivar refusal: a pattern of names that nobody may write; none when empty.
    """

    def __init__(self) -> None:
        self.writes: list[str] = []
        self.refusal = ""
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(HOST, 0, self, threaded=True, request_handler=Quiet)
        self.base_url = f"http://{HOST}:{self._server.server_port}"
        keys = {"aws_access_key_id": LOGIN["access_key"], "aws_secret_access_key": LOGIN["secret_key"]}
        self.client = boto3.client("secretsmanager", endpoint_url=self.base_url, region_name=LOGIN["region"], **keys)

    def __enter__(self) -> AwsSecretsmanager:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._reset()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._reset()
        self._server.shutdown()
        self._server.server_close()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if action and action not in READS:
            self.writes.append(action)
            raw = request.get_data()
            environ["wsgi.input"] = io.BytesIO(raw)
            body = json.loads(raw)
            if self.refusal and re.search(self.refusal, body.get("Name") or body.get("SecretId")):
                return self._refused(action)(environ, start_response)
        return self._moto(environ, start_response)

    def _refused(self, action: str) -> Response:
        message = f"User: arn:aws:iam::123456789012:user/ansible is not authorized to perform: secretsmanager:{action}"
        return Response(json.dumps({"__type": "AccessDeniedException", "Message": message}), status=400, content_type="application/x-amz-json-1.1")

    def _reset(self) -> None:
        """Forget what another test has left: moto keeps everything in this process."""
        for secret in self.client.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
            self.client.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
        self.writes.clear()

    def read_texts(self) -> list[str]:
        """Return what all secrets hold."""
        return [self.client.get_secret_value(SecretId=secret["ARN"])["SecretString"] for secret in self.client.list_secrets()["SecretList"]]
