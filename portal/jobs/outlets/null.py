"""The null twin: keeps what it is given and answers what it was told to. For tests of the domain."""

from collections.abc import Callable

from portal.domain.deliveries.parcels import Answer, Parcel


def _acknowledge(parcel: Parcel) -> Answer:
    return Answer("acknowledged", 200, {"id": str(parcel.delivery_id)})


class NullOutlet:
    """Sends nowhere."""

    def __init__(self, answer: Callable[[Parcel], Answer] = _acknowledge) -> None:
        self.answer = answer
        self.parcels: list[Parcel] = []

    def send(self, parcel: Parcel) -> Answer:
        """Keep the parcel."""
        self.parcels.append(parcel)
        return self.answer(parcel)

    def close(self) -> None:
        """Nothing was open."""
