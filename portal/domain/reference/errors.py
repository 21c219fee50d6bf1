"""What the reference tables refuse; each message is shown as it is to the operator."""


class ReferenceTableError(Exception):
    """The root of the refusals of this package."""


class UnknownDatasetError(ReferenceTableError):
    """No reference table has this name."""


class UnreadableFileError(ReferenceTableError):
    """The file is missing, or is not the CSV expected."""


class FaultyRowsError(ReferenceTableError):
    """Some rows of the file are wrong; the message lists them by line."""


class ShrunkFileError(ReferenceTableError):
    """The file holds far fewer rows than the table it would replace."""


class UnknownZoneError(ReferenceTableError):
    """No public-holiday zone has this name."""
