"""Settings of the console, from the environment; docs/console.md lists every variable."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tidegate.console.database import connection, embedded
from tidegate.console.provider import origins, provider
from tidegate.console.screens import FOLDERS, SCREENS

HERE = Path(__file__).parent


def secret(path: Path) -> str:
    """A secret of this node, made on first use; only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(made := secrets.token_urlsafe(64))
    return made


DATA = Path(os.environ.get("TIDEGATE_DATA", "node")).resolve()
DEMO = os.environ.get("TIDEGATE_DEMO") == "1"
SECRET_KEY = secret(DATA / "secret.key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TIDEGATE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = {"default": connection(os.environ.get("DATABASE_URL") or embedded(DATA))}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "tidegate.console.register",
    "tidegate.console.api",
    *(screen.app for screen in SCREENS),
]
AUTH_USER_MODEL = "register.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
MIDDLEWARE = [
    "tidegate.console.api.door.front",  # first: systems pass nothing else
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tidegate.console.protection.policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tidegate.console.home.own_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "tidegate.console.urls"
WSGI_APPLICATION = "tidegate.console.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tidegate.console.screens.navigation",
                "tidegate.console.control.orders.banner",
                "tidegate.console.home.titled",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django.contrib.humanize.templatetags.humanize",
                "tidegate.console.templatetags.look",
            ],
        },
    }
]
# Shared by all processes: what counts failed sign-ins must not forget them when another process answers.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
PROCRASTINATE_IMPORT_PATHS = ["tidegate.console.deciding.tasks"]  # apps have theirs found
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale", *(HERE / folder / "locale" for folder in FOLDERS)]
USE_TZ = True
TIME_ZONE = os.environ.get("TIDEGATE_TIME_ZONE", "Asia/Ho_Chi_Minh")
USE_THOUSAND_SEPARATOR = False  # what is an id in an attribute must stay one; templates say where a number is told
FORMAT_MODULE_PATH = ["tidegate.console.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static", ("look", HERE.parent / "report" / "look")]
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = DATA / "media"

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 8 * 60 * 60  # a shift
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("TIDEGATE_HTTPS") == "1"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECOND_FACTOR = os.environ.get("TIDEGATE_SECOND_FACTOR", "optional" if DEMO else "required")
ACCOUNT_ADAPTER = "tidegate.console.protection.Accounts"
SOCIALACCOUNT_ADAPTER = "tidegate.console.protection.ProviderAccounts"
SOCIALACCOUNT_PROVIDERS = provider(os.environ)
PROVIDER_ORIGINS = origins(SOCIALACCOUNT_PROVIDERS)
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,30/5m/ip"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser, and after a shift
MFA_TOTP_ISSUER = "Tidegate"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_ONLY = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an inspection of 999 lines
DATA_UPLOAD_MAX_NUMBER_FILES = 1_100  # a place for a photo on each
SECOND_SIGNATURE = os.environ.get("TIDEGATE_SECOND_SIGNATURE", "found")  # of inspections: never, found, always

MAP_OVERLAY = os.environ.get("TIDEGATE_MAP_OVERLAY", "")  # GeoJSON drawn over the map of a route
WEBHOOK_HTTP = os.environ.get("TIDEGATE_WEBHOOK_HTTP") == "1"  # webhooks without encryption, in a network of one's own
METRICS = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(DATA / "metrics")))
METRICS.mkdir(parents=True, exist_ok=True)

TITLE = os.environ.get("TIDEGATE_TITLE", "")
TODAY = os.environ.get("TIDEGATE_TODAY", "")  # a day that stands still, for tests and pictures
