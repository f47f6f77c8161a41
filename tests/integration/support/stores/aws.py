# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS Secrets Manager as moto plays it."""

from __future__ import annotations

import json
from typing import Any

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.support.stores.stand_in import HOST, Served

REGION = "eu-central-1"
KEYS = {"access_key": "AKIATESTINGTESTING00", "secret_key": "aws-secret-key-of-the-tests-0001"}
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": KEYS["access_key"], "AWS_SECRET_ACCESS_KEY": KEYS["secret_key"], "AWS_REGION": REGION}


class Aws(Served):
    """Moto, which keeps everything in this process.

    :ivar denied: actions that the login may not do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.denied: set[str] = set()
        self.message = ""
        self.url = f"http://{HOST}:{self.port}"
        self._moto = DomainDispatcherApplication(create_backend_app)
        keys = {"aws_access_key_id": KEYS["access_key"], "aws_secret_access_key": KEYS["secret_key"]}
        self.client = boto3.client("secretsmanager", endpoint_url=self.url, region_name=REGION, **keys)

    def __enter__(self) -> Aws:
        super().__enter__()
        self.forget()
        return self

    def options(self, **more: Any) -> dict[str, Any]:
        """Return the store's options for this server."""
        return {"type": "aws_secrets_manager", "endpoint_url": self.url, "region": REGION, **KEYS, **more}

    def name_of(self, request: Request) -> str:
        return str(request.headers.get("X-Amz-Target", "")).rpartition(".")[2]

    def answer(self, request: Request) -> Response:
        action = self.name_of(request)
        if action in self.denied:
            return self.error(400, "AccessDeniedException", self.message or f"User: arn:aws:iam::123456789012:user/x is not authorized to perform: {action}")
        return Response.from_app(self._moto, request.environ)

    def error(self, status: int, code: str, message: str) -> Response:
        return Response(json.dumps({"__type": code, "Message": message}), status=status, content_type="application/x-amz-json-1.1")

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what a secret holds, without the store's code."""
        try:
            found: dict[str, Any] = json.loads(self.client.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"])
        except (self.client.exceptions.ResourceNotFoundException, self.client.exceptions.InvalidRequestException):
            return None
        return found

    def forget(self) -> None:
        """Delete everything."""
        self.denied, self.message = set(), ""
        self.begin()
        for secret in self.client.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
            self.client.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
        self.calls.clear()
