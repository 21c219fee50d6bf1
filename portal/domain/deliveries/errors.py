"""What can go wrong with a delivery, each with the words people read."""


class DeliveryError(Exception):
    """A refusal concerning a delivery; `message` is in French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DeliveryNotFound(DeliveryError):
    """No such delivery in this region."""

    def __init__(self) -> None:
        super().__init__("Cet envoi n'existe pas dans cette région.")


class TargetNotFound(DeliveryError):
    """The region declares no such target."""

    def __init__(self, target: str) -> None:
        super().__init__(f"Cette région ne déclare aucun destinataire « {target} ».")


class CannotRetry(DeliveryError):
    """The delivery is not one that may be sent again."""
