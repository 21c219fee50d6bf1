"""People and places of the region's directory: chosen among those offered, stored by their identifier."""

from portal.domain.fields.choice import Choice
from portal.tenancy.schema import FormField


class Pick(Choice):
    """One entry of the directory. `among` says which; without it, the directory of the sheet's organisation."""

    settings = frozenset({"among"})

    def review(self, field: FormField) -> list[str]:
        """Only the keys: where the entries come from is known without `among`."""
        return super(Choice, self).review(field)


class Contact(Pick):
    name = "contact"
    doc = "A contact of the organisation's directory; those who have the `duty` first, or alone with `duty_only`."
    example = "{id: referent_mobilite, label: Référent mobilité, kind: contact, duty: mobilite}"
    settings = frozenset({"among", "duty", "duty_only"})


class Site(Pick):
    name = "site"
    doc = "A site of the organisation, or one of those the sheet or an ancestor proposes (`among`)."
    example = "{id: organisme_formateur, label: Organisme formateur, kind: site, among: action.couples_proposes}"


class Organisation(Pick):
    name = "organisation"
    doc = "An organisation of the region."
    example = "{id: organisme_responsable, label: Organisme responsable, kind: organisation}"


class Person(Pick):
    name = "person"
    doc = "A person of the region's directory: trainer, manager; by `duty` as a contact."
    example = "{id: intervenant, label: Intervenant, kind: person}"
    settings = frozenset({"among", "duty", "duty_only"})
