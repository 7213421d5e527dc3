"""All settings in one file, read from the environment (see .env.example for each one's meaning).

Without any environment the portal runs embedded: SQLite and a filesystem broker under `var/`.
Production names DATABASE_URL, REDIS_URL, SECRET_KEY, DATA_KEYS and ALLOWED_HOSTS; secrets have no default there.
"""

import logging.config
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
if (ROOT / ".env").exists():
    env.read_env(ROOT / ".env")

# --- which kind of running this is
TESTING = env.bool("DJANGO_TEST", default=False)
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR = Path(env.str("VAR_DIR", default=str(ROOT / "var")))
REDIS_URL = env.str("REDIS_URL", default="")
DATABASE_URL = env.str("DATABASE_URL", default="")
# Embedded: one machine, no broker, no database server. What may be generated or left out there may not in production.
EMBEDDED = not REDIS_URL
LOCAL = DEMO or TESTING or DEBUG

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] + (["testserver"] if TESTING else [])
)
if LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", default="only-for-demo-and-tests-never-for-production")
else:
    SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Encrypt personal numbers where they are stored; empty: the installation's own, in VAR / "data_key".
DATA_KEYS = env.list("DATA_KEYS", default=[])
if not (DATA_KEYS or EMBEDDED or LOCAL):
    raise ImproperlyConfigured("Set the DATA_KEYS environment variable; .env.example says how to make a key.")
if DEMO and not DEBUG and not TESTING:
    local_names = {"127.0.0.1", "localhost", "[::1]", "testserver"}
    if not set(ALLOWED_HOSTS) <= local_names:
        raise ImproperlyConfigured("DEMO=1 is for this machine only: ALLOWED_HOSTS names a public host.")
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="demo-consortium-2026")
READY_FILE = Path(env.str("READY_FILE", default=str(VAR / "run" / "ready")))
# Only the foreground process of `make demo` waits for readiness; elsewhere the address is alive once it answers.
WAIT_FOR_READY_FILE = env.bool("WAIT_FOR_READY_FILE", default=False)

INSTALLED_APPS = [
    "consortium.apps.PortalAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "consortium",
    "mentors",
    "placements",
    "ideology",
    "outcomes",
]

MIDDLEWARE = [
    "consortium.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "consortium.middleware.ActingMiddleware",
    "consortium.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consortium.middleware.SecondFactorMiddleware",
    "consortium.middleware.KeepFormMiddleware",
    "consortium.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "consortium.urls"
WSGI_APPLICATION = "consortium.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "consortium.context.shell",
            ],
        },
    },
]

# --- database: SQLite embedded, PostgreSQL by DATABASE_URL, same code
if DATABASE_URL:
    DATABASES = {"default": env.db("DATABASE_URL")}
    DATABASES["default"].update(
        CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=60),
        CONN_HEALTH_CHECKS=True,
        # PostgreSQL's own price of a page out of order, 4, is that of a turning disk: it then walks through a whole table
        # in order for the one hit of a rare word.
        OPTIONS={"options": "-c statement_timeout=60000 -c lock_timeout=20000 -c random_page_cost=1.1"},
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": env.str("SQLITE_FILE", default=str(VAR / "portal.sqlite3")),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people and signing in
AUTH_USER_MODEL = "consortium.User"
AUTHENTICATION_BACKENDS = ["consortium.backend.Backend"]
PASSWORD_HASHERS = ["consortium.hashers.Argon2"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_URL_PATH = "/accounts/login/"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "consortium.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses arrive by our own invitations, which prove them
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# What a person proved stays good for changes of factors this long: an app must be fetched and set up meanwhile.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    # What anybody may do without an account: ask for the link to an application, object on a public page.
    "join": "20/h/ip,4/h/key",
    "object": "20/h/ip,10/h/key",
}
# The offices sign in with a second factor. Not in the demo, whose accounts anybody opens with one press.
SECOND_FACTOR_REQUIRED = not (DEMO or TESTING)
MFA_ADAPTER = "consortium.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "consortium.forms.second_factor.SignInCodeForm",
    "reauthenticate": "consortium.forms.second_factor.ProveCodeForm",
    "activate_totp": "consortium.forms.second_factor.SetUpAppForm",
    "add_webauthn": "consortium.forms.second_factor.AddPasskeyForm",
    "authenticate_webauthn": "consortium.forms.second_factor.SignInPasskeyForm",
    "reauthenticate_webauthn": "consortium.forms.second_factor.ProvePasskeyForm",
    "edit_webauthn": "consortium.forms.second_factor.RenamePasskeyForm",
}
# Clocks of phones differ; our forms take each code once for as long as it could be right.
MFA_TOTP_TOLERANCE = 1
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=12 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "consortium.views.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- transport and headers
HTTPS = env.bool("HTTPS", default=not (EMBEDDED or LOCAL))
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Throttles count visitors: how many proxies of ours stand in front and may be believed about who asks. Where a proxy
# is believed about https, it is one; behind an uncounted one all visitors would share a single address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
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

# --- language, time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_AUTOREFRESH = TESTING or DEBUG
FILES_DIR = VAR / "files"
FILE_LIMIT_BYTES = env.int("FILE_LIMIT_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- cache (throttles and signs of life; nothing that may not be lost)
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
elif TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR / "cache"),
        }
    }

# --- mail
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://") if not LOCAL else {}
if DEMO or TESTING:
    EMAIL_BACKEND = "consortium.mail.MailboxBackend"
else:
    vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

# --- jobs
BROKER_DIR = Path(env.str("BROKER_DIR", default=str(VAR / "broker")))
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
if EMBEDDED:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="portal")
# A job whose worker gives no sign of life for this long is taken up again by the sweeper.
JOB_SILENT_SECONDS = env.int("JOB_SILENT_SECONDS", default=30)

# --- watching
# Whoever asks for /metrics must show it; empty: there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- logs: one JSON line per record, with the request's id, without personal data
LOGGING_CONFIG = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "consortium.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO"),
    },
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}
logging.config.dictConfig(LOGGING)
