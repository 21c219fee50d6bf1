"""Every route of the portal, tried by everyone who should not enter, on data that is really there."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.routing import Rule

from portal.tenancy.registry import registry
from portal.web.access import access_of
from tests.support.offer import make_tree, organisation
from tests.support.people import Browser, account, inside, play, role_of, signed_in

SIDES = ("org", "validator", "admin")
WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class World:
    """A region with a session held by one organisation, and the words that fill addresses."""

    slug: str
    other: str
    values: dict[str, str]

    def url(self, rule: Rule) -> str:
        """An address of this route, on what exists."""
        built = rule.build({name: self._value(name, rule) for name in rule.arguments})
        assert built is not None
        return built[1]

    def _value(self, name: str, rule: Rule) -> str:
        converter = type(rule._converters[name]).__name__
        if converter == "AnyConverter":
            return min(rule._converters[name].items)
        if converter == "UUIDConverter":
            return self.values["sheet"]
        return self.values.get(name.removesuffix("_id"), "1" if converter == "IntegerConverter" else "x")


@pytest.fixture
def world(app) -> World:
    sides = {t.slug: {role.side for role in t.who.roles.values()} for t in registry.all()}
    slug = next(s for s, found in sides.items() if found == {"org", "validator", "admin"})
    other = next(s for s in sides if s != slug)
    tenant = registry.get(slug)
    level = tenant.session_level
    with inside(app, slug) as session:
        holder = organisation(session, "Organisme 1", 1)
        sheet = make_tree(session, tenant, level, holder)
        values = {"sheet": str(sheet.id), "tenant": slug, "level": level, "reference": sheet.reference or sheet.code}
    step = tenant.steps(level)[0]
    values |= {"step": step.id, "field": step.fields[0].id}
    values["move"] = next(iter(next(iter(tenant.axes_of(level).values())).moves), "x")
    return World(slug, other, values)


def rules_of(app, *who: str) -> Iterator[tuple[Rule, str]]:
    """(route, method) of each route whose view declares one of these."""
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is not None and access.who in who:
            yield from ((rule, method) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}))


def ask(browser: Browser, method: str, url: str):
    """The answer to a request that is well formed: a form carries its token."""
    if method in WRITING:
        return browser.client.open(url, method=method, data={"csrf_token": browser.token()}, buffered=True)
    return browser.client.open(url, method=method, buffered=True)


def test_every_view_says_who_may_enter(app):
    silent = [rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]

    assert silent == []


def test_every_view_of_a_region_s_areas_is_for_its_members(app):
    areas = ("/<tenant>/espace", "/<tenant>/validation", "/<tenant>/administration", "/<tenant>/imports")

    open_to_all = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(areas) and access_of(app, rule.endpoint).who != "member"
    ]

    assert open_to_all == []


def test_every_view_for_members_names_its_region(app):
    assert [rule.rule for rule, _ in rules_of(app, "member") if "tenant" not in rule.arguments] == []


def test_a_visitor_is_sent_to_sign_in_by_every_closed_route(app, client, world):
    entered = [
        (method, rule.rule, answer.status_code)
        for rule, method in rules_of(app, "member", "signed_in")
        for answer in [client.open(world.url(rule), method=method, buffered=True)]
        if answer.status_code != 303 or not answer.headers["Location"].startswith("/connexion")
    ]

    assert entered == []


def test_a_visitor_is_let_in_by_every_public_route(app, client, world):
    sent_away = [
        rule.rule
        for rule, method in rules_of(app, "public")
        if method == "GET"
        for answer in [client.open(world.url(rule), buffered=True)]
        if answer.headers.get("Location", "").startswith("/connexion") or answer.status_code >= 500
    ]

    assert sent_away == []


@pytest.mark.parametrize("side", SIDES)
def test_a_member_on_one_side_finds_nothing_of_the_others(app, world, side):
    play(app, "membre@exemple.test", world.slug, side, number=2)
    browser = signed_in(app, "membre@exemple.test")

    entered = [
        (method, rule.rule, answer.status_code)
        for rule, method in rules_of(app, "member")
        if side not in access_of(app, rule.endpoint).sides
        for answer in [ask(browser, method, world.url(rule))]
        if answer.status_code != 404
    ]

    assert entered == []


def test_a_member_of_another_region_finds_nothing(app, world):
    for side in SIDES:
        if any(role.side == side for role in registry.get(world.other).who.roles.values()):
            play(app, "ailleurs@exemple.test", world.other, side)
    browser = signed_in(app, "ailleurs@exemple.test")

    entered = [
        (method, rule.rule, answer.status_code)
        for rule, method in rules_of(app, "member")
        for answer in [ask(browser, method, world.url(rule))]
        if answer.status_code != 404
    ]

    assert entered == []


def test_an_account_without_any_part_finds_nothing(app, world):
    account(app, "seul@exemple.test")
    browser = signed_in(app, "seul@exemple.test")

    entered = [
        (method, rule.rule)
        for rule, method in rules_of(app, "member")
        if ask(browser, method, world.url(rule)).status_code != 404
    ]

    assert entered == []


def test_another_organisation_finds_nothing_of_a_sheet_that_its_holder_reads(app, world):
    play(app, "chez-nous@exemple.test", world.slug, "org", number=1)
    play(app, "chez-eux@exemple.test", world.slug, "org", number=2)
    ours, theirs = (signed_in(app, f"{who}@exemple.test") for who in ("chez-nous", "chez-eux"))

    read, entered = [], []
    for rule, method in rules_of(app, "member"):
        of_a_sheet = any(type(c).__name__ == "UUIDConverter" for c in rule._converters.values())
        if not of_a_sheet or "org" not in access_of(app, rule.endpoint).sides:
            continue
        url = world.url(rule)
        if method == "GET" and ours.get(url).status_code == 200:
            read.append(rule.rule)
        if ask(theirs, method, url).status_code != 404:
            entered.append((method, rule.rule))

    assert entered == []
    assert len(read) >= 3  # the sheet, a step of it, its history: there was something to find


def test_a_form_without_its_token_is_refused_by_every_route(app, world):
    for side in SIDES:
        if any(role.side == side for role in registry.get(world.slug).who.roles.values()):
            play(app, "partout@exemple.test", world.slug, side, role=role_of(world.slug, side))
    browser = signed_in(app, "partout@exemple.test")

    accepted = [
        (method, rule.rule)
        for rule, method in rules_of(app, "member", "signed_in", "public")
        if method in WRITING and not rule.rule.startswith("/api/")
        if browser.client.open(world.url(rule), method=method, buffered=True).status_code != 400
    ]

    assert accepted == []
