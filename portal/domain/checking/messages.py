"""Messages: what makes them leave, whom they reach, the words they fill in, how often they come."""

from collections.abc import Iterator

from portal.domain.checking.common import Path, check_expression
from portal.domain.checking.patterns import check_words
from portal.domain.mails.actions import OWN_WORDS
from portal.domain.mails.reminders import place_of
from portal.domain.sheets.naming import is_name
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Mail
from portal.tenancy.tenant import Tenant

DATES = ("date", "datetime", "computed")


def check_messages(tenant: Tenant) -> Iterator[Finding]:
    """Messages that would never leave, reach nobody, or say a name that says nothing."""
    for name, mail in tenant.mails.mails.items():
        yield from _mail(tenant, mail, ("mails", name))


def _mail(tenant: Tenant, mail: Mail, at: Path) -> Iterator[Finding]:
    if (mail.on is None) == (mail.before is None):
        words = "un courriel part d'une action (« on ») ou d'une date (« before » et « days ») : l'une ou l'autre"
        yield Finding("mails.yaml", at, words)
        return
    levels = levels_told(tenant, mail)
    for key in ("subject", "body"):
        yield from check_words(tenant, levels, getattr(mail, key), "mails.yaml", (*at, key), OWN_WORDS)
    for level in levels:
        yield from check_expression(tenant, level, mail.when, "mails.yaml", (*at, "when"))
    if mail.before is not None:
        level, name = place_of(tenant, mail.before)
        fields = tenant.fields(level) if level in tenant.who.levels else {}
        if name not in fields or fields[name].kind not in DATES:
            known = [field.id for field in fields.values() if field.kind in DATES]
            yield Finding("mails.yaml", (*at, "before"), unknown("date inconnue", mail.before, known))
        if not mail.days:
            yield Finding("mails.yaml", at, "« days » manque : combien de jours avant la date ?")
    for i, to in enumerate(mail.to):
        kind, _, said = to.partition(":")
        if kind == "field" and not any(is_name(tenant, level, said) for level in levels):
            asked = [field.id for level in levels for field in tenant.fields(level).values() if field.kind == "email"]
            yield Finding("mails.yaml", (*at, "to", i), unknown("champ inconnu", said, asked))
    yield from _paces(tenant, mail, at)


def _paces(tenant: Tenant, mail: Mail, at: Path) -> Iterator[Finding]:
    for paces, where in ((mail.paces, (*at, "paces")), (tenant.mails.paces, ("paces",))):
        if len(set(paces)) < len(paces):
            yield Finding("mails.yaml", where, "un rythme est écrit deux fois")
        if paces and paces[0] == "never":
            yield Finding("mails.yaml", where, "« never » ne se propose pas en premier : personne ne recevrait rien")


def levels_told(tenant: Tenant, mail: Mail) -> list[str]:
    """The levels of the sheets a message may be about."""
    if mail.before is not None:
        return [level for level in [place_of(tenant, mail.before)[0]] if level in tenant.who.levels]
    axis = (mail.on or "").partition(".")[0]
    if axis == "delivery":
        return list(dict.fromkeys(level for flow in tenant.flows.flows if (level := flow.per or tenant.session_level)))
    if axis == "correction" and axis not in tenant.workflow.axes:
        return [level for level in tenant.who.levels if tenant.unit_axis(level)]
    return [name for name, level in tenant.who.levels.items() if axis in level.axes]
