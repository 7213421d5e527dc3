"""The portal's database and models with everything else as `startproject` leaves it."""

from pathlib import Path

from consortium.settings import *  # noqa: F403
from consortium.settings import INSTALLED_APPS as ALL

# allauth insists on a middleware of its own, and our admin's pages on allauth.
INSTALLED_APPS = [name for name in ALL if not name.startswith("allauth") and "admin" not in name.lower()]
ROOT_URLCONF = "bench._inside.bare"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
