"""What people write about themselves and their organisation, before anything is made of it."""

from sqlalchemy.orm import Session
from stdnum.fr import siret as siret_number

from portal.domain.accounts.errors import InvitationRefusedError
from portal.domain.mails.recipients import is_address
from portal.domain.organisations.models import Organisation
from portal.domain.organisations.queries import normalised_email, organisation_by_siret

LONGEST_NAME = 120
LONGEST_MESSAGE = 2000


def validate_person(email: str, name: str) -> tuple[str, str]:
    """(address, name) as they are kept; raises InvitationRefusedError."""
    email, name = normalised_email(email), " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvitationRefusedError("name", f"Indiquez le prénom et le nom ({LONGEST_NAME} caractères au plus).")
    if not is_address(email):
        raise InvitationRefusedError("email", "Indiquez une adresse électronique, comme prenom.nom@organisme.fr.")
    return email, name


def validate_siret(written: str) -> str:
    """The fourteen digits; raises InvitationRefusedError."""
    number = str(siret_number.compact(written))
    if not siret_number.is_valid(number):
        raise InvitationRefusedError("siret", "Ce SIRET n’est pas valide : il compte 14 chiffres.")
    return number


def validate_organisation_name(written: str) -> str:
    """The name as it is kept; raises InvitationRefusedError."""
    name = " ".join(written.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvitationRefusedError(
            "organisation", f"Indiquez le nom de l’organisme ({LONGEST_NAME} caractères au plus)."
        )
    return name


def organisation_of(session: Session, *, siret: str, name: str) -> Organisation | None:
    """The organisation of a SIRET in the region in scope, entered there under this name when it is new.

    None when no SIRET was written. Raises InvitationRefusedError.
    """
    if not siret.strip():
        return None
    number = validate_siret(siret)
    known = organisation_by_siret(session, number)
    if known is not None:
        return known
    if not name.strip():
        raise InvitationRefusedError(
            "organisation", "Cet organisme n’est pas encore connu de la région : indiquez aussi son nom."
        )
    made = Organisation(siret=number, name=validate_organisation_name(name))
    session.add(made)
    session.flush()
    return made
