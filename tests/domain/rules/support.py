"""What the tests of rules share: a small region, sheets in memory, one call that runs a rule as the tenant wrote it."""

import uuid
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from portal.domain.checking import check
from portal.domain.facts import SheetRuleView
from portal.domain.rules import RULES, Problem
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.loader import load_files
from portal.tenancy.tenant import Tenant

TODAY = date(2026, 3, 2)  # a Monday
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # ten o'clock in Paris

TENANT = """
slug: essai
name: Essai
region: Essai
theme: {brand: "#0c5a8a", accent: "#c2006a"}
roles: {of: {label: OF, side: org}}
levels:
  dossier: {label: Dossier}
  action: {label: Action, parent: dossier}
  session: {label: Session, parent: action, session: true, axes: [etat]}
"""

WORKFLOW = """
axes:
  etat: {initial: a, states: {a: {label: A, edit: [of]}}}
"""

DOSSIER = """
level: dossier
steps:
  - id: general
    label: Général
    fields:
      - {id: debut, label: Début du dossier, kind: date}
      - {id: fin, label: Fin d'exécution, kind: date}
      - {id: plafond, label: Plafond, kind: decimal}
"""

ACTION = """
level: action
steps:
  - id: general
    label: Général
    fields:
      - {id: objectif, label: Objectif, kind: longtext}
      - {id: contenu, label: Contenu, kind: longtext}
"""

SESSION = """
level: session
steps:
  - id: general
    label: Général
    fields:
      - {id: libelle, label: Libellé, kind: text}
      - {id: debut, label: Date début, kind: date}
      - {id: fin, label: Date fin, kind: date}
      - {id: publication, label: Fin de publication, kind: datetime}
      - {id: effectif, label: Effectif visé, kind: integer}
      - {id: minimum, label: Effectif min., kind: integer}
      - {id: accord, label: Accord, kind: boolean}
      - {id: parcours, label: Type de parcours, kind: choices, choices: {modulaire: Modulaire, mixte: Mixte}}
      - {id: certification, label: Code Certifinfo, kind: certification}
      - {id: domaines, label: Domaines, kind: formacode}
      - id: financeurs
        label: Financeurs
        kind: rows
        rows: {keys: {region: Région, pe: Pôle emploi}}
        fields: [{id: effectif, label: Effectif, kind: integer}]
      - id: evenements
        label: Événements
        kind: rows
        as: session.events
        fields:
          - {id: type, label: Type, kind: choice, choices: {infocoll: Information, test: Test}, as: event.type}
          - {id: jour, label: Jour, kind: date, as: event.start_date}
          - {id: au, label: Au, kind: date, as: event.end_date}
          - {id: de, label: Heure de début, kind: time, as: event.start_time}
          - {id: a, label: Heure de fin, kind: time, as: event.end_time}
          - {id: qui, label: Intervenant, kind: text}
          - {id: heures, label: Heures, kind: decimal}
"""


@cache
def region() -> Tenant:
    """The region of these tests, loaded and checked as any other."""
    forms = {"dossier": DOSSIER, "action": ACTION, "session": SESSION}
    files = {"tenant.yaml": TENANT, "workflow.yaml": WORKFLOW, **{f"forms/{k}.yaml": v for k, v in forms.items()}}
    return load_files(files, "tenants/essai", check)


def sheet(level: str, parent: Node | None = None, title: str = "", **data: Any) -> Node:
    """A sheet in memory, under its parent."""
    node = Node(uuid.uuid4(), level, title=title, data=data, parent=parent)
    if parent is not None:
        parent.children.append(node)
    return node


def session(dossier: dict[str, Any] | None = None, **data: Any) -> Node:
    """A session under its action and its dossier."""
    return sheet("session", sheet("action", sheet("dossier", **(dossier or {}))), "Session 1", **data)


def view_of(node: Node, facts: dict[str, Any] | None = None) -> SheetRuleView:
    """A sheet as rules see it; `siblings` are given as nodes."""
    view = View(region(), node, TODAY, at=NOW)
    given = dict(facts or {})
    if "siblings" in given:
        given["siblings"] = [view.of(other) for other in given["siblings"]]
    return SheetRuleView(view, given)


def run(rule: str, node: Node, facts: dict[str, Any] | None = None, **parameters: Any) -> list[Problem]:
    """The problems a rule finds, its parameters written as in a tenant's file: texts."""
    return RULES[rule].function(parameters, view_of(node, facts))


def words(rule: str, node: Node, facts: dict[str, Any] | None = None, **parameters: Any) -> list[str]:
    """The messages of those problems."""
    return [problem.message for problem in run(rule, node, facts, **parameters)]


def run_in_row(rule: str, node: Node, row: dict[str, Any], **parameters: Any) -> list[Problem]:
    """The problems a rule finds in a row of the events."""
    field = region().fields("session")["evenements"]
    return RULES[rule].function(parameters, SheetRuleView(View(region(), node, TODAY), {}, (field, row)))
