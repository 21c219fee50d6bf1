"""A small region in memory, from which each test breaks one thing."""

from portal.domain.checking import check
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_files

TENANT = """\
slug: essai
name: X
region: Quelque part
theme: {brand: "#0c5a8a"}
roles:
  organisme: {label: Organisme, side: org}
  region: {label: Région, side: validator, scope: tenant}
levels:
  action: {label: Action}
  session:
    label: Session
    parent: action
    session: true
    axes: [etat]
    creatable: {by: [organisme], label: Créer}
programmes:
  p1: {label: Premier programme, features: [evenements]}
"""

SESSION = """\
level: session
steps:
  - id: dates
    label: Dates
    help: dates
    fields:
      - {id: debut, label: Début, kind: date, required: true}
      - {id: fin, label: Fin, kind: date, required: true}
      - {id: places, label: Places, kind: integer, min: 1}
      - {id: precision, label: Précision, kind: text, when: "places > 10"}
    rules:
      - {rule: not_after, first: debut, then: fin}
  - id: evenements
    label: Événements
    feature: evenements
    fields:
      - id: evenements
        kind: rows
        rows: {keys: {a: Un, b: Deux}, first: {a: {jour: 2026-01-31}}}
        fields:
          - {id: jour, label: Jour, kind: date}
"""

WORKFLOW = """\
axes:
  etat:
    unit: {level: session, with: [action]}
    initial: draft
    states:
      draft: {label: Brouillon, edit: [organisme]}
      submitted: {label: Envoyée, holder: region}
      published: {label: Publiée, public: true}
    moves:
      envoyer:
        label: Envoyer
        from: [draft, published]
        to: submitted
        by: [organisme]
        effects: [revise]
      approuver: {label: Approuver, from: submitted, to: published, by: [region], effects: [publish]}
locks:
  - axis: etat
    states: [submitted]
    fields: ["*"]
    message: En cours de validation.
revalidation: {exempt: [session.places]}
"""

DESK = """\
home: {organisme: tasks}
tasks:
  a_envoyer: {label: À envoyer, roles: [organisme], level: session, states: {etat: [draft]}, group: action}
counters:
  toutes: {label: Toutes, roles: [organisme], level: session, list: sessions, where: "etat == 'draft'"}
lists:
  sessions:
    label: Sessions
    level: session
    roles: [organisme]
    columns:
      - {id: debut, label: Début}
      - {id: etat, label: État, state: etat}
    filters: [{id: etat, label: État, axis: etat}]
tabs:
  session:
    - {id: fiche, label: Fiche, form: dates}
"""

FLOWS = """\
targets:
  region: {label: Région, outlet: http}
  carif: {label: Carif}
flows:
  - {target: region, on: etat.approuver}
  - {target: carif, via: region}
"""

MAILS = """\
mails:
  envoyee:
    on: etat.envoyer
    to: [role:region]
    subject: Une session
    body: Une session est à lire.
"""

OVERRIDES = """\
- when: "programme == 'p1'"
  labels:
    session.debut: Premier jour
    button.session.dates: Garder
  steps: {session.dates: true}
"""

FILES = {
    "tenant.yaml": TENANT,
    "forms/session.yaml": SESSION,
    "workflow.yaml": WORKFLOW,
    "desk.yaml": DESK,
    "flows.yaml": FLOWS,
    "mails.yaml": MAILS,
    "overrides.yaml": OVERRIDES,
    "help/dates.md": "# Dates\n",
}


def broken(*changes: tuple[str, str, str]) -> dict[str, str]:
    """The region's files after each change `(file, old, new)`; the old text must be there, once."""
    files = dict(FILES)
    for file, old, new in changes:
        assert files[file].count(old) == 1, f"{old!r} : {files[file].count(old)} fois dans {file}"
        files[file] = files[file].replace(old, new)
    return files


def faults_of(files: dict[str, str]) -> list[str]:
    """What the loader says of these files, one line per fault."""
    try:
        load_files(files, "tenants/x", check)
    except TenantFaults as error:
        return [str(fault) for fault in error.faults]
    return []
