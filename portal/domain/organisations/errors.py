"""Why a use-case about people refuses; each carries the sentence to show."""


class OrganisationsError(Exception):
    """The family: `message` is what the person reads."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CredentialsError(OrganisationsError):
    """Address and password do not go together; it never says which of the two is wrong."""


class WeakPasswordError(OrganisationsError):
    """A new password would be guessed."""


class UnknownSignInError(OrganisationsError):
    """The session named is not one of this person's."""
