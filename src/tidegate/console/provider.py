"""An own identity provider (OpenID Connect), where the environment names one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tidegate.errors import InputError

__all__ = ["origins", "provider"]

NEEDED = ("TIDEGATE_OIDC_URL", "TIDEGATE_OIDC_CLIENT", "TIDEGATE_OIDC_SECRET_FILE")


def provider(environ: Mapping[str, str]) -> dict[str, Any]:
    """What allauth wants to know of it: nothing where no variable is set. Raises InputError where only some are.

    The secret stands in a file, since an environment is easily shown.
    """
    missing = [name for name in NEEDED if not environ.get(name)]
    if len(missing) == len(NEEDED):
        return {}
    if missing:
        raise InputError(f"{', '.join(missing)} missing.", where="environment", hint=f"Set all of {', '.join(NEEDED)}.")
    try:
        secret = Path(environ["TIDEGATE_OIDC_SECRET_FILE"]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InputError(
            "cannot be read.", where="TIDEGATE_OIDC_SECRET_FILE", hint="Name a file that holds the secret."
        ) from error
    app = {
        "provider_id": "oidc",
        "name": environ.get("TIDEGATE_OIDC_NAME", "OpenID Connect"),
        "client_id": environ["TIDEGATE_OIDC_CLIENT"],
        "secret": secret,
        "settings": {"server_url": environ["TIDEGATE_OIDC_URL"]},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def origins(providers: Mapping[str, Any]) -> list[str]:
    """Scheme, host and port of the addresses of providers, as a content policy names them."""
    addresses = (urlsplit(app["settings"]["server_url"]) for one in providers.values() for app in one["APPS"])
    return [f"{one.scheme}://{one.netloc}" for one in addresses]
