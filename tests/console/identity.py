"""An identity provider (OpenID Connect Core 1.0, authorization code with PKCE) on loopback, which lets anybody in."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

__all__ = ["CLIENT", "SECRET", "Provider", "provider"]

CLIENT, SECRET = "node", "s3cret-of-the-node"


class Provider(ThreadingHTTPServer):
    """`name`: whom it says that whoever comes is; `refuses`: it does not say; `faults`: what a node did wrong."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{port}"
        self.name = "nobody"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.refuses = False
        self.faults: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(at.query).items()}
        here = self.server
        match at.path:
            case "/.well-known/openid-configuration":
                self._json(
                    {
                        "issuer": here.url,
                        "authorization_endpoint": f"{here.url}/authorize",
                        "token_endpoint": f"{here.url}/token",
                        "userinfo_endpoint": f"{here.url}/userinfo",
                        "jwks_uri": f"{here.url}/jwks",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                        "code_challenge_methods_supported": ["S256"],
                    }
                )
            case "/authorize":
                for name, wanted in (
                    ("client_id", CLIENT),
                    ("response_type", "code"),
                    ("code_challenge_method", "S256"),
                ):
                    if asked.get(name) != wanted:
                        here.faults.append(f"{name} is {asked.get(name)}")
                code = secrets.token_urlsafe()
                here.codes[code] = asked
                self.send_response(302)
                back = (
                    urlencode({"error": "access_denied", "state": asked["state"]})
                    if here.refuses
                    else urlencode({"code": code, "state": asked.get("state", "")})
                )
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()
            case "/userinfo":
                if (self.headers["Authorization"] or "").removeprefix("Bearer ") in here.tokens:
                    self._json(self._claims())
                else:
                    self._json({"error": "invalid_token"}, 401)
            case "/jwks":
                self._json(
                    {"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(here.key.public_key())), "kid": "1"}]}
                )
            case _:
                self._json({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {name: values[0] for name, values in parse_qs(body).items()}
        here = self.server
        asked = here.codes.pop(told.get("code", ""), {})
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked.get("code_challenge")
        if not proved or (told.get("client_id"), told.get("client_secret")) != (CLIENT, SECRET):
            here.faults.append("the token was asked for without proof")
            self._json({"error": "invalid_grant"}, 400)
            return
        token = secrets.token_urlsafe()
        here.tokens.add(token)
        claims = {**self._claims(), "iss": here.url, "aud": CLIENT, "iat": time.time(), "exp": time.time() + 60}
        if "nonce" in asked:
            claims["nonce"] = asked["nonce"]
        signed = jwt.encode(claims, here.key, "RS256", headers={"kid": "1"})
        self._json({"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": signed})

    def _claims(self) -> dict[str, Any]:
        return {"sub": f"sub-{self.server.name}", "preferred_username": self.server.name}

    def _json(self, told: Any, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def provider(port: int) -> Iterator[Provider]:
    """A provider at a port, for a while."""
    made = Provider(port)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()
