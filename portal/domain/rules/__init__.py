"""Rules: named checks that a tenant's files put together. `docs/rules.md` lists them, with their parameters.

A rule whose operands are empty has nothing to say: emptiness is the business of `required`, and of the rules of
presence. One rule serves the screen, the import, the API and the readiness of deliveries.
"""

from collections.abc import Mapping
from types import MappingProxyType

from portal.domain.rules import amounts, codes, order, presence, unique
from portal.domain.rules.base import Code, Parameter, Problem, Rule, RuleView

__all__ = ["RULES", "Code", "Parameter", "Problem", "Rule", "RuleView"]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for group in (order.RULES, amounts.RULES, presence.RULES, unique.RULES, codes.RULES)
        for rule in group
    }
)
"""The rules, by the name tenants write."""
