"""Why an upload is not kept, in words for its author."""

from portal.domain.fields import Fault


class UploadRefused(Fault):
    """The file is not kept; the sheet keeps what it held."""


class TooHeavy(UploadRefused):
    """It weighs more than the field, or the portal, takes."""


class NotAccepted(UploadRefused):
    """Its content is of a type that the field does not take."""


class Unusable(UploadRefused):
    """It is empty, or damaged, or made to harm whoever opens it."""
