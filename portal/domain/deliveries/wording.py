"""The words people read about a delivery that did not go through: what happened, what comes next."""

from portal.domain.deliveries.parcels import Answer
from portal.tenancy.tenant import Tenant

LONGEST = 600
STATES = {
    "held": "En attente",
    "waiting": "En attente d'un autre destinataire",
    "due": "À envoyer",
    "sending": "Envoi en cours",
    "sent": "Envoyé, accusé attendu",
    "acknowledged": "Reçu par le destinataire",
    "rejected": "Refusé par le destinataire",
    "failed": "Envoi en échec",
    "relayed": "Relayé",
    "superseded": "Remplacé par une version plus récente",
    "cancelled": "Annulé",
}
AFTER_REFUSAL = "Corrigez la fiche, puis envoyez-la de nouveau."
NOT_CARRIED = "En attente du relais"


def label_of(tenant: Tenant, target: str) -> str:
    """What people call a target."""
    known = tenant.flows.targets.get(target)
    return known.label if known else target


def waits(tenant: Tenant, carrier: str) -> str:
    """What waits for the receipt of another target."""
    return f"L'envoi partira dès que {label_of(tenant, carrier)} aura accusé réception."


def known_refusal(tenant: Tenant, target: str, message: str, action: str | None) -> str:
    """A refusal whose meaning is known: what is wrong, and what to do about it."""
    words = f"{label_of(tenant, target)} a refusé l'envoi : {message.strip().rstrip('.')}."
    return f"{words} {action or AFTER_REFUSAL}"[:LONGEST]


def refusal(tenant: Tenant, target: str, answer: Answer) -> str:
    """A refusal: who refused, in which words, and that the sheet must be corrected and sent again."""
    said = (answer.message or "sans en donner la raison").strip().rstrip(".")
    named = (("code", answer.code), ("champ", answer.field_name))
    details = [f"{name} {value}" for name, value in named if value]
    reason = f"{said} ({', '.join(details)})" if details else said
    return f"{label_of(tenant, target)} a refusé l'envoi : {reason}. {AFTER_REFUSAL}"[:LONGEST]


def later(tenant: Tenant, target: str) -> str:
    """A try that failed and will be made again."""
    return f"{label_of(tenant, target)} ne répond pas pour l'instant. L'envoi sera retenté : vous n'avez rien à faire."


def gave_up(tenant: Tenant, target: str) -> str:
    """A delivery that was tried long enough."""
    return (
        f"{label_of(tenant, target)} ne répond pas depuis longtemps : l'envoi est suspendu. "
        "La version approuvée n'est pas perdue ; l'équipe du portail peut relancer l'envoi."
    )


def unreadable_codes(tenant: Tenant, target: str, problems: list[str]) -> str:
    """A receipt whose codes are no values of their fields."""
    why = " ; ".join(problems)
    return f"{label_of(tenant, target)} a reçu la fiche, mais le code rendu n'a pas pu être inscrit : {why}"[:LONGEST]
