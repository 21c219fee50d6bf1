"""The catalogues of the region one is in, as its public.yaml declares them."""

from collections.abc import Mapping

from flask import Response, current_app, g, make_response, render_template, url_for

from portal.domain.catalogue.catalogues import Catalogue
from portal.tenancy.schema import PublicCatalogue
from portal.web.public.days import today_in

FORM_WORDS = {"pdf": "PDF (à lire et à imprimer)", "csv": "CSV", "xlsx": "XLSX (tableur)"}


def declared() -> Mapping[str, PublicCatalogue]:
    """Those of the region, by name."""
    return g.tenant.public.catalogues if g.tenant.public else {}


def declared_with(programme: str) -> list[tuple[str, PublicCatalogue]]:
    """(name, catalogue) of those made for a programme, alone or among others."""
    return [(name, words) for name, words in declared().items() if programme in words.programmes]


def opened(name: str, words: PublicCatalogue) -> Catalogue:
    """A catalogue as of today."""
    portal = current_app.config["GUICHET"].base_url.rstrip("/")  # never the host a request claims: files are kept

    def address(reference: str) -> str:
        return portal + url_for("public.session_page", reference=reference)

    return Catalogue(g.tenant, name, words, today_in(g.tenant), address)


def files_of(catalogue: Catalogue) -> list[tuple[str, str]]:
    """(words, address) of the files of a catalogue."""
    return [
        (FORM_WORDS[form], url_for("public.catalogue_file", name=catalogue.id, form=form))
        for form in catalogue.words.formats
    ]


def unknown() -> Response:
    """No catalogue has this address, or none in this format: 404, with those there are."""
    return make_response(render_template("public/no_catalogue.html", declared=declared()), 404)
