# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store AWS Secrets Manager: one secret for each entry, replaced by moving the label AWSCURRENT, which detects conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import libraries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.cloud import (
    CONNECT_TIMEOUT,
    FOREIGN,
    OURS,
    CloudStore,
    Reason,
    fitting,
    found_from_text,
    unintelligible,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import segment
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found, StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, Spec, StoreContext, StoreError, parts_of_name

CURRENT, STAGED = "AWSCURRENT", "VANTAGE"
# Prefix of the version of a secret that is scheduled for deletion and can be restored.
REMOVED = "removed:"
GONE, MARKED, EXISTS, NOT_CURRENT = "ResourceNotFoundException", "InvalidRequestException", "ResourceExistsException", "InvalidParameterException"
BUSY = ("ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "InternalServiceError", "ServiceUnavailable")
DENIED = ("AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "ExpiredTokenException")
TAG_KEY, TAG_VALUE, MOST_TAGS = r"(?!aws:)[\w .:/=+@-]{1,128}", r"[\w .:/=+@-]{0,256}", 50
WINDOW = range(7, 31)


class AwsSecretsManagerStore(CloudStore):
    """Secrets of one region, named by prefix, client and description."""

    kind = "aws_secrets_manager"
    loggers = ("boto3", "botocore", "urllib3")
    secret_options = ("secret_key", "session_token")
    ca_variable = "AWS_CA_BUNDLE"
    longest_name = 512
    # A read may return the state before a write.
    pauses = (0.2, 0.5, 1.0, 2.0)
    SPEC: ClassVar[Spec] = {
        "region": {"type": "str", "env": ("AWS_REGION", "AWS_DEFAULT_REGION")},
        "profile": {"type": "str"},
        "access_key": {"type": "str"},
        "secret_key": {"type": "str", "no_log": True},
        "session_token": {"type": "str", "no_log": True},
        "assume_role_arn": {"type": "str"},
        "endpoint_url": {"type": "str"},
        "kms_key_id": {"type": "str"},
        "tags": {"type": "dict"},
        "recovery_window": {"type": "int", "default": 30, "choices": [0, *WINDOW]},
        "timeout": {"type": "int", "default": 30, "lowest": 1},
        "retries": {"type": "int", "default": 5},
    }

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(options, context)
        self.place = f"AWS Secrets Manager {options.text('region')} {self._prefix}".replace("  ", " ")

    def errors(self) -> tuple[type[Exception], ...]:
        """Return the exceptions of botocore."""
        found = libraries.library(self.kind, "botocore.exceptions", "boto3")
        return found.ClientError, found.BotoCoreError, libraries.library(self.kind, "botocore.parsers", "boto3").ResponseParserError

    def code_of(self, exc: Exception) -> str:
        """Return the code of an error of the service."""
        response = getattr(exc, "response", None)
        return str(response["Error"]["Code"]) if isinstance(response, dict) else ""

    def reason_of(self, exc: Exception, right: str) -> Reason:
        """Return the error text of boto3 or the service."""
        code, name = self.code_of(exc), type(exc).__name__
        if code:
            response = exc.response  # type: ignore[attr-defined]  # botocore's
            words = str(response["Error"].get("Message") or code).rstrip(".")
            in_doubt = response["ResponseMetadata"].get("HTTPStatusCode", 500) >= 500
            if code in DENIED:
                return Reason(f"{words}; this needs {right}")
            return Reason(f"{words}; run again later" if code in BUSY else words, in_doubt)
        if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound", "TokenRetrievalError"):
            return Reason(f"{exc}; set the store's option profile, or access_key and secret_key, or what boto3 reads of the environment")
        if name == "ResponseParserError":
            return unintelligible(exc)
        if name == "NoRegionError":
            return Reason("no region is set; set the store's option region, or AWS_REGION in the environment")
        inner = getattr(exc, "kwargs", {}).get("error")
        return self.transport_reason(inner if isinstance(inner, Exception) else exc)

    def new_client(self) -> Any:
        """Return one boto3 client, shared by all threads."""
        boto3 = libraries.library(self.kind, "boto3", "boto3")
        config = libraries.library(self.kind, "botocore.config", "boto3").Config
        text = self._options.text
        if bool(text("access_key")) is not bool(text("secret_key")):
            raise ConfigError("The store aws_secrets_manager needs its options access_key and secret_key together; set both or none.")
        session = boto3.Session(
            aws_access_key_id=text("access_key") or None,
            aws_secret_access_key=text("secret_key") or None,
            aws_session_token=text("session_token") or None,
            region_name=text("region") or None,
            profile_name=text("profile") or None,
        )
        if text("assume_role_arn"):
            session = self._assumed(session, text("assume_role_arn"))
        timeout = self._options.number("timeout")
        settings = config(
            connect_timeout=min(CONNECT_TIMEOUT, timeout),
            read_timeout=timeout,
            max_pool_connections=self._concurrency,
            retries={"mode": "standard", "total_max_attempts": self._options.number("retries") + 1},
        )
        client = session.client("secretsmanager", endpoint_url=text("endpoint_url") or None, config=settings)
        if session.get_credentials() is None:
            raise libraries.library(self.kind, "botocore.exceptions", "boto3").NoCredentialsError
        return client

    def _assumed(self, session: Any, role: str) -> Any:
        """Return a session of a role, whose credentials are renewed before they expire."""
        credentials = libraries.library(self.kind, "botocore.credentials", "boto3")
        core = libraries.library(self.kind, "botocore.session", "boto3").get_session()
        named = {"RoleSessionName": OURS.replace(".", "-")}
        fetcher = credentials.AssumeRoleCredentialFetcher(session.client, session.get_credentials(), role, extra_args=named)
        provider = credentials.CredentialProvider()
        provider.METHOD = "option"
        provider.load = lambda: credentials.DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
        core.get_component("credential_provider").providers.insert(0, provider)
        return libraries.library(self.kind, "boto3", "boto3").Session(botocore_session=core, region_name=session.region_name)

    def place_of(self, name: str) -> str:
        """Return the name of an entry's secret."""
        client_id, description = parts_of_name(name)
        return f"{self._prefix}/{segment(client_id)}/{segment(description)}"

    def list_places(self) -> list[str]:
        """Return the names below the prefix. The service may omit secrets younger than five minutes."""

        def found() -> list[str]:
            pages = self._client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [f"{self._prefix}/"]}])
            return [secret["Name"] for page in pages for secret in page["SecretList"]]

        begin = f"{self._prefix}/"
        names = self.ask(found, f"list the secrets below {begin}", "secretsmanager:ListSecrets")
        return [name for name in names if name.startswith(begin) and name[len(begin) :].count("/") == 1]

    def get(self, place: str) -> Found:
        """Read one secret; one that is scheduled for deletion still has a version."""

        def read() -> Found:
            answer = self._client.get_secret_value(SecretId=place, VersionStage=CURRENT)
            return found_from_text(answer.get("SecretString"), answer["VersionId"])

        right = "secretsmanager:GetSecretValue, and kms:Decrypt for a key of your own"
        found: Found | None = self.ask(read, f"read {place}", right, instead={GONE: Found(), MARKED: None})
        return self._removed(place) if found is None else found

    def _describe(self, place: str) -> dict[str, Any]:
        described: dict[str, Any] = self.ask(
            lambda: self._client.describe_secret(SecretId=place), f"describe {place}", "secretsmanager:DescribeSecret", instead={GONE: {}}
        )
        return described

    def _removed(self, place: str) -> Found:
        described = self._describe(place)
        is_ours = bool(described.get("DeletedDate")) and str(described.get("Description", "")).startswith(OURS)
        return Found(None, REMOVED + current_version(described)) if is_ours else Found(is_foreign=True)

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Create the secret; or add a version and move the current label to it, which fails if another run has moved it."""
        text = self.text_of(entry)
        if not version:
            return self._create(place, entry, text)
        if version.startswith(REMOVED):
            version = version[len(REMOVED) :]
            self.ask(lambda: self._client.restore_secret(SecretId=place), f"restore {place}", "secretsmanager:RestoreSecret", stale=(GONE, MARKED))
        staged: str = self.ask(
            lambda: self._client.put_secret_value(SecretId=place, SecretString=text, VersionStages=[STAGED])["VersionId"],
            f"write {place}",
            "secretsmanager:PutSecretValue",
            hidden=entry.value,
            stale=(GONE, MARKED),
        )
        self.ask(
            lambda: self._client.update_secret_version_stage(SecretId=place, VersionStage=CURRENT, MoveToVersionId=staged, RemoveFromVersionId=version),
            f"write {place}",
            "secretsmanager:UpdateSecretVersionStage",
            stale=(GONE, MARKED, NOT_CURRENT),
        )
        self._tag(place, self.labels_before(entry), entry.labels)
        return staged

    def _create(self, place: str, entry: Entry, text: str) -> str:
        more: dict[str, Any] = {"KmsKeyId": self._options.text("kms_key_id")} if self._options.text("kms_key_id") else {}
        tags = self._tags(entry.labels)
        if tags:
            more["Tags"] = listed_tags(tags)
        version: str = self.ask(
            lambda: self._client.create_secret(Name=place, SecretString=text, Description=f"{OURS}: {entry.name}"[:2048], **more)["VersionId"],
            f"create {place}",
            "secretsmanager:CreateSecret, and secretsmanager:TagResource for tags and labels",
            hidden=entry.value,
            stale=(EXISTS, MARKED),
        )
        return version

    def _tags(self, labels: Mapping[str, str]) -> dict[str, str]:
        own = self._options.mapping("tags")
        return {**fitting(labels, TAG_KEY, TAG_VALUE, MOST_TAGS - len(own)), **own}

    def _tag(self, place: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Update the tags from the labels. The entry is already written, so a failure is only a warning."""
        old, new = self._tags(before), self._tags(after)
        gone, changed = [key for key in old if key not in new], {key: value for key, value in new.items() if old.get(key) != value}
        try:
            if changed:
                self.ask(lambda: self._client.tag_resource(SecretId=place, Tags=listed_tags(changed)), f"tag {place}", "secretsmanager:TagResource")
            if gone:
                self.ask(lambda: self._client.untag_resource(SecretId=place, TagKeys=gone), f"untag {place}", "secretsmanager:UntagResource")
        except StoreError as exc:
            self.warn(f"{exc.message} The secret itself was written.")

    def delete(self, place: str, version: str) -> None:
        """Schedule the deletion of a secret, and restore it if another run has written it in the meantime."""
        days = self._options.number("recovery_window")
        how: dict[str, Any] = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        self.ask(
            lambda: self._client.delete_secret(SecretId=place, **how), f"remove {place}", "secretsmanager:DeleteSecret", instead={GONE: None, MARKED: None}
        )
        if days and current_version(self._describe(place)) not in ("", version):
            self.ask(lambda: self._client.restore_secret(SecretId=place), f"restore {place}", "secretsmanager:RestoreSecret")
            raise StaleError(FOREIGN)


def current_version(described: Mapping[str, Any]) -> str:
    """Return the id of a secret's current version."""
    return next((version for version, stages in (described.get("VersionIdsToStages") or {}).items() if CURRENT in stages), "")


def listed_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the service's format."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
