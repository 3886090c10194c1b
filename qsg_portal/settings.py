"""Settings, read from the environment once, at start."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from qsg_portal.logs import configuration
from qsg_portal.surroundings import (
    GIVEN,
    WEB_ROLE,
    data_dir,
    database_url,
    embedded_broker_url,
    embedded_database_url,
    secret_key,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir()
env = environ.Env()
env.ENVIRON = GIVEN  # each NAME may be given as NAME_FILE, the name of a file with the value

DEBUG = False
# The portal's own database holds the demonstration unless told otherwise; anybody else's never does.
DEMO = env.bool("DEMO", default=not database_url())
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list(
    "SECRET_KEY_FALLBACKS", default=[]
)  # older ones, while they are being replaced
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PORTAL_URL = env("PORTAL_URL", default=f"http://localhost:{env.int('PORT', default=8000)}")
SECURE_COOKIES = PORTAL_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(PORTAL_URL))] if SECURE_COOKIES else []
# Only where a proxy stands before the portal that sets this header itself, and takes away anybody else's.
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "pgtrigger",
    "timekeeping",
    "nhsuk",
    "reference",
    "accounts",
    "audit",
    "access",
    "notifications",
    "clocks",
    "agencies",
    "providers",
    "actions",
    "concerns",
    "visits",
    "meetings",
    "risk_summits",
    "successions",
    "qsg_portal",
]

MIDDLEWARE = [
    "qsg_portal.health.HealthMiddleware",  # first: it answers when all below it fails
    "qsg_portal.asked.Asked",
    "access.api.problems.ProblemDetails",
    "django.middleware.security.SecurityMiddleware",
    "nhsuk.errors.LargestBody",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "access.middleware.PrincipalMiddleware",
    "accounts.middleware.SecondFactorRequired",
    "nhsuk.errors.ErrorPages",
]

ROOT_URLCONF = "qsg_portal.urls"
WSGI_APPLICATION = "qsg_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "nhsuk.environment.environment",
            "filters": {
                "day": "timekeeping.london.day_in_words",
                "last_day": "timekeeping.london.last_day_in_words",
                "time": "timekeeping.london.time_in_words",
                "moment": "timekeeping.london.moment_in_words",
                "due": "timekeeping.london.due_in_words",
                "lasting": "timekeeping.london.length_in_words",
                "left": "timekeeping.london.left_in_words",
            },
            "context_processors": ["qsg_portal.navigation.frame"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# With no address given, the portal's own servers in its data folder are meant.
DATABASES = {"default": env.db_url_config(database_url() or embedded_database_url(DATA_DIR, WEB_ROLE))}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# A thread keeps its connection: a new one knows no table yet, and takes twice as long to plan what a page asks.
DATABASES["default"].setdefault("CONN_MAX_AGE", 300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A database that stops answering is noticed within ten seconds, not after TCP's own quarter of an hour.
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=5, keepalives_idle=5, keepalives_interval=2, keepalives_count=2, tcp_user_timeout=8000
)
REDIS_URL = env("REDIS_URL", default=embedded_broker_url(DATA_DIR))

# EMAIL_URL is such as smtp+tls://user:password@mail.example:587. With none given, mail is kept in
# files beside the data: the demonstration shows it from there.
_mail = env.email("EMAIL_URL", default="filemail://")
EMAIL_HOST = _mail["EMAIL_HOST"] or ""
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_BACKEND = (
    "notifications.post.TimedBackend" if EMAIL_HOST else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Quality Surveillance Portal <portal@localhost>")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: there is no anonymous user row
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# The library's pages are Jinja pages like all others: one engine, one look.
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator opens accounts; the first link proves the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# By account and known browser (accounts.devices), never by network address: a whole trust may share one.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "login_failed": "5/5m/key",
    "reset_password": "",  # nobody is held up by who asked before them: accounts.operations.ask_for_reset
    "reset_password_from_key": "",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": ""}
MFA_TOTP_ISSUER = "Quality Surveillance Portal"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute wrong
MFA_RECOVERY_CODE_COUNT = 20  # for some they are the only second factor, one a sign-in
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.AppForm",
    "deactivate_totp": "accounts.forms.RemoveAppForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
}

# Single sign-on through one organisation's OpenID Connect; with no issuer given there is none. OIDC_STRONG_ACR lists
# what that organisation calls a sign-in with two factors, where it does not say "mfa" among the methods (amr).
OIDC_ISSUER = env("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env("OIDC_NAME", default="my organisation")
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
OIDC_STRONG_ACR = frozenset(env.list("OIDC_STRONG_ACR", default=[]))
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET beside it.")
if OIDC_ISSUER and not OIDC_ISSUER.startswith(("https://", "http://127.0.0.1", "http://localhost")):
    raise ImproperlyConfigured("OIDC_ISSUER must be an https address: what it says decides who is let in.")

# Attempts are counted in the database: every process sees the same count, and
# nothing in the request path needs the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# What the scraper of /metrics must bring; without one there is no such page.
METRICS_SECRET = env("METRICS_SECRET", default="")
# Where the web server's processes keep their counters; the server names it at its start.
METRICS_FOLDER = env("PROMETHEUS_MULTIPROC_DIR", default="")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Plain names, compressed once: no manifest to be missing when a page is drawn.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 600
# The NHS logo is a protected mark and is not shipped; whoever may use it names their own picture.
NHS_LOGO = env("NHS_LOGO", default="")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-portal" if SECURE_COOKIES else "portal"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-portal-form" if SECURE_COOKIES else "portal_form"
CSRF_FAILURE_VIEW = "nhsuk.errors.token_missing"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the proxy with TLS leads plain requests to itself; the portal never sees one
    "security.W021",  # whether a whole domain is on the browsers' lists is for its owner to say
]
LARGEST_BODY = 5_000_000  # bytes of a request, its files included
LARGER_BODIES = {
    "/providers/imports/new/": 100_100_000
}  # by address: a national file, and the form around it
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# The API's own: JSON and nothing else. Limits are counted in the database, where every process sees the same count.
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", default=600)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # characters of a form or of JSON; more is 413
REST_FRAMEWORK = {
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_METADATA_CLASS": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Quality Surveillance Portal",
    "DESCRIPTION": "For the own systems of the bodies that share what worries them. See docs/api.md.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [],  # codes stand where they are used
    "COMPONENT_SPLIT_PATCH": False,
    "DISABLE_ERRORS_AND_WARNINGS": False,
}

SESSION_IDLE = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=30))
SESSION_ABSOLUTE = timedelta(hours=env.int("SESSION_ABSOLUTE_HOURS", default=12))
SESSION_WARNING = timedelta(minutes=3)  # before the end; WCAG 2.2.1 asks for at least 20 s, E04 for 2 min
FACTOR_FRESH = timedelta(minutes=15)  # what is worth guarding asks again after that
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())

# What goes wrong is said on the process's own output, which the supervisor or the platform keeps. A
# traceback names places in the code, never values: no intelligence stands in a log.
LOGGING = configuration(as_json=env.bool("LOG_JSON", default=not DEMO))
