"""Why accounts refuse; each carries the sentence to show."""

from portal.domain.organisations.errors import OrganisationsError


class KeyRefusedError(OrganisationsError):
    """A link opens nothing: forged, expired, already used, withdrawn. Which of these is not said."""

    def __init__(self) -> None:
        super().__init__("Ce lien n’est plus valable : il a déjà servi, a expiré, ou n’est pas complet.")


class InvitationRefusedError(OrganisationsError):
    """What was asked for an invitation cannot be; `field` is the one to correct."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AccountClosedError(OrganisationsError):
    """The account of this address was closed: an invitation does not open it again."""

    def __init__(self) -> None:
        super().__init__("Le compte de cette adresse est fermé. Adressez-vous à l’administrateur de votre région.")


class UnknownPartError(OrganisationsError):
    """No such part, invitation or request in this region."""

    def __init__(self) -> None:
        super().__init__("Cet élément n’existe plus dans cette région.")


class LastManagerError(OrganisationsError):
    """The last part that may let people in stays."""

    def __init__(self) -> None:
        super().__init__("C’est la dernière personne qui gère les membres : donnez d’abord ce rôle à une autre.")
