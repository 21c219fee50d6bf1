"""The mail outlet: a message to the target with its documents attached, always under the same Message-ID.

What its mail server takes in charge counts as received: a mailbox gives no other proof.
"""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from portal.domain.deliveries.parcels import Answer, Lot
from portal.jobs.postmen import Postman
from portal.settings import Settings
from portal.tenancy.schema.flows import Target

VERBS = {"put": "à publier", "withdraw": "à retirer"}


class MailOutlet:
    """One target that reads its mail."""

    def __init__(self, postman: Postman, settings: Settings, region: str, target: Target) -> None:
        self.postman, self.settings, self.region, self.target = postman, settings, region, target

    def send_lot(self, lot: Lot) -> Answer:
        """Send one message. Should the connection break meanwhile, it is `lost`: the same message comes again."""
        message = self.compose(lot)
        try:
            self.postman.send(message)
        except smtplib.SMTPServerDisconnected as error:
            return Answer("lost", error=_words(error))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return Answer("failed", error=_words(error))
        return Answer("acknowledged", receipt={"message_id": message["Message-ID"], "lot": lot.number})

    def close(self) -> None:
        """Leave the server."""
        self.postman.close()

    def compose(self, lot: Lot) -> EmailMessage:
        """The message of a lot: the same words at every try."""
        count = len(lot.parcels)
        message = EmailMessage()
        message["Subject"] = f"{self.region} : envoi n° {lot.number} ({count} document{'s' if count > 1 else ''})"
        message["From"] = self.settings.mail_from
        message["To"] = self.target.mail
        message["Date"] = format_datetime(lot.made_at)
        message["Message-ID"] = f"<{lot.name}@{urlsplit(self.settings.base_url).hostname or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        lines = [f"- {parcel.name} ({VERBS[parcel.verb]})" for parcel in lot.parcels]
        message.set_content("\n".join(["Bonjour,", "", "Vous trouverez ci-joint :", *lines, ""]))
        for parcel in lot.parcels:
            main, _, sub = parcel.content_type.partition(";")[0].partition("/")
            message.add_attachment(parcel.body, maintype=main, subtype=sub, filename=parcel.name)
        return message


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
