"""What is missing or wrong, at its place."""

from portal.domain.entry.completeness import MISSING, blocking, problems_of_sheet, problems_of_unit, step_status
from tests.support.offer import example


def problems(desk, moment="send", **values):
    for name, value in values.items():
        data = dict(desk.sheet.data)
        data.pop(name, None) if value is None else data.update({name: value})
        desk.sheet.data = data
    desk.session.flush()
    return problems_of_sheet(desk.session, desk.view(), moment)


def at(found, path):
    return [p.message for p in found if p.path == path]


def test_a_filled_session_has_nothing_to_correct(desk):
    assert (
        blocking(problems(desk, financeurs=[{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}]))
        == []
    )


def test_a_required_field_is_asked_on_sending_only(desk):
    assert at(problems(desk, contact_nom=None), "contact_nom") == [MISSING]
    assert at(problems(desk, "save"), "contact_nom") == []


def test_places_of_another_funder_block_sending(desk):
    found = problems(desk, financeurs=[{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 1}])
    assert "Les sessions ne concernent que des places financées par la Région." in [p.message for p in blocking(found)]


def test_a_sum_that_differs_only_warns(desk):
    found = problems(desk, financeurs=[{"_id": "region", "effectif": 9}, {"_id": "pole_emploi", "effectif": 0}])
    assert blocking(found) == [] and [p.severity for p in found] == ["warn"]


def test_dates_out_of_order_are_told_at_the_place(desk):
    found = problems(desk, date_debut="2026-06-01", date_fin="2026-05-01")
    assert "La session se termine avant de commencer." in [p.message for p in found if p.step == "calendrier"]


def test_each_cell_of_an_event_is_asked(desk):
    event = {**desk.sheet.data["evenements"][0]}
    event.pop("heure_fin")
    found = problems(desk, evenements=[event])
    assert at(found, f"evenements.{event['_id']}.heure_fin") == [MISSING]


def test_an_event_that_ends_before_it_starts_is_told_in_its_row(desk):
    event = {**desk.sheet.data["evenements"][0], "date_debut": "2026-04-02", "date_fin": "2026-04-01"}
    found = problems(desk, evenements=[event])
    assert "L'événement se termine avant de commencer." in [p.message for p in found if event["_id"] in p.path]


def test_the_event_block_exists_only_where_the_programme_has_it(desk):
    assert desk.view().form.step("evenements") is not None
    desk.sheet.programme = "cared_18"
    desk.session.flush()
    assert desk.view().form.step("evenements") is None
    assert [p for p in problems(desk) if p.step == "evenements"] == []


def test_something_typed_that_is_not_valid_is_told_with_its_own_words(desk):
    desk.sheet.raw = {"date_debut": "31/02/2026"}
    desk.session.flush()
    assert at(problems(desk, "save"), "date_debut") == ["Le 31/02/2026 n'existe pas."]


def test_the_unit_gathers_its_own_problems(desk):
    problems(desk, contact_nom=None)
    assert [p.path for p in problems_of_unit(desk.session, desk.view(), "send") if p.message == MISSING] == [
        "contact_nom"
    ]


def test_the_status_of_a_step_says_where_it_stands(desk):
    view = desk.view()
    step = view.form.step("calendrier")
    assert step_status(view, step, problems(desk)) == "complete"
    desk.sheet.raw = {"date_debut": "demain"}
    desk.session.flush()
    view = desk.view()
    assert step_status(view, view.form.step("calendrier"), problems_of_sheet(desk.session, view, "send")) == "wrong"
    desk.sheet.raw, desk.sheet.data = {}, {"date_debut": "2026-04-01"}
    desk.session.flush()
    view = desk.view()
    assert step_status(view, view.form.step("calendrier"), problems_of_sheet(desk.session, view, "send")) == "started"
    assert step_status(view, view.form.step("prescription"), problems_of_sheet(desk.session, view, "send")) == "empty"


def test_examples_of_every_kind_are_themselves_valid(desk):
    view = desk.view()
    for field in desk.tenant.fields("session").values():
        if field.value is None and field.fill is None:
            assert example(view, field) is not None or not field.required
