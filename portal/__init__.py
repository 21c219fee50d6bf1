"""Guichet: one portal for the regional training-offer systems. `create_app` is its table of contents."""

import os

from flask import Flask

from portal.settings import ROOT, Settings, from_environment

# openpyxl chooses its reader when it is first imported: never lxml, which would let the entities of a workbook through.
os.environ.update(OPENPYXL_LXML="False", OPENPYXL_DEFUSEDXML="True")


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application. Raises SettingsError on unsafe settings, TenantFaults on faulty regions' files."""
    from portal import commands, demo_guard, logs, models  # noqa: F401 — models: every table is known from here on
    from portal.domain.checking import check
    from portal.extensions import csrf, db, htmx, limiter, migrate
    from portal.jobs import setup as jobs
    from portal.tenancy.registry import registry
    from portal.web import (
        access,
        account,
        admin,
        answers,
        api,
        assets,
        context,
        errors,
        health,
        imports,
        org,
        public,
        scoping,
        security,
        statements,
        templating,
        theme,
        validator,
    )
    from portal.web.account import sessions
    from portal.web.config import flask_config

    settings = settings or from_environment()
    settings.refuse_unsafe()
    registry.load(settings.tenants_dir, check)
    app = Flask("portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.from_mapping(flask_config(settings))

    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=False)
    jobs.init_app(app, settings)
    for part in (templating, assets, context, errors):
        part.init_app(app)

    # Before a view, in this order: the request's id, its kind, its region, its person, who may enter, the token of its
    # form, how often. After it, the reverse.
    for guard in (logs, security, htmx, answers, scoping, sessions, access, csrf, limiter):
        guard.init_app(app)

    for area in (health, theme, statements, account, org, validator, admin, imports, api, public):
        app.register_blueprint(area.blueprint)
    for group in commands.GROUPS:
        app.cli.add_command(group)
    demo_guard.init_app(app, settings)
    return app
