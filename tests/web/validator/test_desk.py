"""The queue of those who decide."""


def test_the_queue_shows_what_was_sent(region):
    region.session()
    region.session(send=False)

    page = region.region.get("/eos/validation/")

    assert page.status_code == 200, page.text
    assert "Une fiche attend votre décision" in page.text
    assert "Première demande" in page.text
