import pytest

from portal.domain.organisations import passwords
from portal.domain.organisations.common_passwords import COMMON
from portal.domain.organisations.errors import WeakPasswordError
from portal.domain.organisations.validators import validate_new_password

GOOD = "quatre canards boiteux"


def validate(password, email="ida.lot@exemple.test", name="Ida Delaunay"):
    validate_new_password(password, email=email, name=name)


@pytest.mark.parametrize("password", [GOOD, "R7#kq-vT!9zP", "la pluie tombe à Brest", "é" * 6 + "abcdef"])
def test_password_long_and_new_is_accepted(password):
    validate(password)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "au moins 12"),
        ("onze lettre", "au moins 12"),
        ("a" * 129, "au plus 128"),
        ("aaaaaaaaaaaaaaa", "répète"),
        ("121212121212", "répète"),
        ("motdepasse2026!", "plus utilisés"),
        ("MotDePasse2026!", "plus utilisés"),
        ("Mot de passe 1234", "plus utilisés"),
        ("123azertyuiop", "plus utilisés"),
        ("Académie2026!!", "plus utilisés"),
        ("toulousetoulouse", "plus utilisés"),
        ("demo-guichet", "plus utilisés"),
        ("Delaunay-2026-x", "votre nom"),
        ("xx ida.lot xx yy", "votre nom"),
    ],
)
def test_password_that_would_be_guessed_is_refused_with_the_reason(password, sentence):
    with pytest.raises(WeakPasswordError) as refusal:
        validate(password)

    assert sentence in refusal.value.message


def test_short_words_of_a_name_forbid_nothing():
    validate("le lot de la foire", email="i@exemple.test", name="Ida Lot")


def test_common_passwords_are_written_as_they_are_looked_up():
    assert len(COMMON) >= 200
    assert all(word == word.casefold().strip() and word.isascii() for word in COMMON)


def test_hash_is_argon2id_and_of_its_password_alone():
    kept = passwords.hash_password(GOOD, cheap=True)

    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, GOOD, cheap=True)
    assert not passwords.matches(kept, GOOD + " ", cheap=True)
    assert not passwords.matches(kept, "", cheap=True)


def test_two_hashes_of_one_password_differ():
    assert passwords.hash_password(GOOD, cheap=True) != passwords.hash_password(GOOD, cheap=True)


def test_parameters_in_production_are_those_of_the_library():
    kept = passwords.hash_password(GOOD)

    assert "$m=65536,t=3,p=4$" in kept
    assert passwords.is_outdated(kept, cheap=True)
    assert not passwords.is_outdated(kept)


@pytest.mark.parametrize("kept", [None, "", "illisible"])
def test_nothing_matches_an_account_without_password(kept):
    assert not passwords.matches(kept, "", cheap=True)
    assert not passwords.matches(kept, "the password of nobody", cheap=True)
