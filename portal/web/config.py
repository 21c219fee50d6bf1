"""The settings of the process, in the words of Flask and its extensions."""

from datetime import timedelta
from typing import Any

from portal.settings import Settings
from portal.web.answers import LONGEST_FORM

MEBIBYTE = 1024 * 1024
SESSION_LIFETIME = timedelta(hours=12)  # without a visit; each visit starts it again


def flask_config(settings: Settings) -> dict[str, Any]:
    """Every key Flask, SQLAlchemy, WTForms and the limiter read."""
    return {
        "GUICHET": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.testing,
        **_database(settings),
        **_cookies(secure=settings.base_url.startswith("https://")),
        **_bodies(),
        **_limits(settings),
    }


def _database(settings: Settings) -> dict[str, Any]:
    return {
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": True,  # a restarted PostgreSQL costs one look, not one failed page
            "pool_size": 4,  # a web process serves three requests at a time
            "max_overflow": 4,
            "pool_recycle": 1800,
            "hide_parameters": True,  # what people typed stays out of error messages and logs
            "connect_args": {"connect_timeout": 5},
        },
    }


def _cookies(*, secure: bool) -> dict[str, Any]:
    return {
        # The prefix makes browsers refuse a cookie of that name set by a neighbour or without encryption.
        "SESSION_COOKIE_NAME": "__Host-guichet" if secure else "guichet",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        "WTF_CSRF_TIME_LIMIT": None,  # a form lives as long as its session
    }


def _bodies() -> dict[str, Any]:
    # A field of 100 kB must reach the form, which says what is wrong with it; a field of 10 MB must not reach memory.
    return {
        "MAX_CONTENT_LENGTH": 12 * MEBIBYTE,
        "MAX_FORM_MEMORY_SIZE": LONGEST_FORM,
        "MAX_FORM_PARTS": 5000,
    }


def _limits(settings: Settings) -> dict[str, Any]:
    return {
        "RATELIMIT_STORAGE_URI": limiter_storage(settings.redis_url),
        "RATELIMIT_KEY_PREFIX": "guichet",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # without Redis one still signs in, and is still counted
        "RATELIMIT_SWALLOW_ERRORS": True,
    }


def limiter_storage(redis_url: str) -> str:
    """The address of Redis as the limiter spells it; the memory of the process when there is none."""
    if not redis_url:
        return "memory://"
    return "redis+" + redis_url if redis_url.startswith("unix://") else redis_url
