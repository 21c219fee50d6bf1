"""The words of each error a person may meet: what happened, and what to do now."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A title and a sentence."""

    title: str
    sentence: str


FAULTS = {
    400: Fault("Demande incomprise", "Cette adresse ou ce formulaire contient quelque chose d’illisible pour Guichet."),
    401: Fault("Connexion nécessaire", "Connectez-vous pour continuer."),
    403: Fault("Accès refusé", "Vous n’avez pas le droit de faire cela."),
    404: Fault("Page introuvable", "Cette page n’existe pas, n’existe plus, ou ne vous est pas accessible."),
    405: Fault("Action impossible ici", "Cette adresse ne permet pas cette action. Revenez à la page précédente."),
    406: Fault("Format indisponible", "Cette page n’existe pas sous le format demandé."),
    409: Fault(
        "Modification simultanée",
        "La même chose a changé entre-temps. Rechargez la page pour voir où elle en est.",
    ),
    410: Fault("Page retirée", "Cette page a été retirée."),
    413: Fault(
        "Envoi trop volumineux", "Ce que vous envoyez dépasse {most} Mo. Réduisez le fichier, puis recommencez."
    ),
    415: Fault("Format non accepté", "Le fichier ou les données envoyés ne sont pas dans un format accepté ici."),
    422: Fault("Saisie à corriger", "Une partie de la saisie n’a pas pu être acceptée."),
    429: Fault("Trop de demandes", "Vous avez fait beaucoup de demandes en peu de temps."),
    500: Fault("Une erreur s’est produite", "Le problème vient de Guichet, pas de vous. Il est noté et sera examiné."),
    503: Fault("Service momentanément indisponible", "Guichet revient dans un instant. Réessayez dans une minute."),
}
EXPIRED_FORM = Fault(
    "Votre page a expiré",
    "Par sécurité, un formulaire resté ouvert trop longtemps n’est plus accepté. Rien n’a été enregistré : "
    "revenez à la page, elle sera à jour, et recommencez.",
)
UNKNOWN = Fault("Demande impossible", "Guichet n’a pas pu répondre à cette demande.")


def fault_of(status: int) -> Fault:
    """The words of a status."""
    return FAULTS.get(status, FAULTS[500] if status >= 500 else UNKNOWN)
