"""The headers every answer carries, and how long each may be kept."""

from flask import Flask, Response, abort, current_app, request, session
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.web.scoping import USER_KEY

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap draws its check marks as data
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,  # a page made to be embedded says its own
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # the check of forms under https reads it; other sites learn nothing
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
TWO_YEARS = 63072000
FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Put the headers on every answer, errors and redirections included; believe our own proxies, and no one else."""
    if proxies := app.config["GUICHET"].trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.before_request(_refuse_nul)
    app.after_request(_protect)
    app.after_request(_say_how_long)


def _refuse_nul() -> None:
    """PostgreSQL keeps every sign but one, which no keyboard types: refused here once, instead of breaking anywhere."""
    values = (value for pairs in (request.args, request.form) for pair in pairs.items(multi=True) for value in pair)
    if "\x00" in request.path or any("\x00" in value for value in values):
        abort(400)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains")
    return response


def _say_how_long(response: Response) -> Response:
    """Static files for ever once their address holds their hash; what a person sees signed in, nowhere and never."""
    if request.endpoint == "static":
        lasting = response.status_code in (200, 304) and _address_names_content()
        response.headers["Cache-Control"] = FOR_EVER if lasting else "no-cache"
    elif "immutable" in response.headers.get("Cache-Control", ""):  # another file whose address names its content
        pass
    elif USER_KEY in session:
        response.headers["Cache-Control"] = "no-store"
    elif response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _address_names_content() -> bool:
    given = request.args.get("v")
    return given is not None and given == current_app.extensions["assets"].digest(request.view_args["filename"])  # type: ignore[index]
