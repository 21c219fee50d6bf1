"""Messages: what makes them leave, whom they reach, the words they fill in, how often they come."""

from collections.abc import Iterator

from portal.domain.checking.common import Path, check_expression
from portal.domain.checking.patterns import check_words
from portal.domain.mails.actions import OWN_WORDS
from portal.domain.mails.reminders import place_of
from portal.domain.sheets.naming import is_name
from portal.domain.vocabulary import TERMS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField, Mail
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
    if mail.before is not None:
        wrong = list(_date(tenant, mail.before, (*at, "before")))
        if not wrong and not mail.days:
            wrong = [Finding("mails.yaml", at, "« days » manque : combien de jours avant la date ?")]
        yield from wrong
    levels = levels_told(tenant, mail)
    for key in ("subject", "body"):
        yield from check_words(tenant, levels, getattr(mail, key), "mails.yaml", (*at, key), OWN_WORDS)
    for level in levels:
        yield from check_expression(tenant, level, mail.when, "mails.yaml", (*at, "when"))
    for i, to in enumerate(mail.to):
        kind, _, said = to.partition(":")
        if kind == "field" and not any(is_name(tenant, level, said) for level in levels):
            asked = [field.id for level in levels for field in tenant.fields(level).values() if field.kind == "email"]
            yield Finding("mails.yaml", (*at, "to", i), unknown("champ inconnu", said, asked))
    yield from _paces(tenant, mail, at)


def _date(tenant: Tenant, before: str, at: Path) -> Iterator[Finding]:
    """What is wrong with the date a reminder counts back from. A field whose term asks for a date is told elsewhere."""
    level, name = place_of(tenant, before)
    field = tenant.field(level, name) if level in tenant.who.levels else None
    if field is not None and (field.kind in DATES or _misses_its_term(field)):
        return
    levels = [level] if field is not None or "." in before else list(tenant.who.levels)
    known = {
        one.id for lv in levels if lv in tenant.who.levels for one in tenant.fields(lv).values() if one.kind in DATES
    }
    yield Finding("mails.yaml", at, unknown("date inconnue", before, known))


def _misses_its_term(field: FormField) -> bool:
    term = TERMS.get(field.term or "")
    return term is not None and term.kind in DATES and not term.fits(field.kind)


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
