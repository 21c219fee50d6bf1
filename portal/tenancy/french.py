"""What the schema refuses, said in French."""

import re
import unicodedata
from typing import Any

from pydantic import BaseModel

from portal.tenancy.faults import nearest, unknown

SENTENCES = {
    "missing": "clé « {key} » manquante",
    "string_type": "{where}texte attendu",
    "int_parsing": "{where}nombre entier attendu, lu « {input} »",
    "int_type": "{where}nombre entier attendu",
    "decimal_parsing": "{where}nombre attendu, lu « {input} »",
    "bool_parsing": "{where}true ou false attendu, lu « {input} »",
    "bool_type": "{where}true ou false attendu",
    "list_type": "{where}liste attendue",
    "dict_type": "{where}suite de clés attendue",
    "model_type": "{where}suite de clés attendue",
    "model_attributes_type": "{where}suite de clés attendue",
    "string_too_short": "{where}texte vide",
    "string_too_long": "{where}texte trop long ({max_length} caractères au plus)",
    "greater_than_equal": "{where}au moins {ge} attendu, lu « {input} »",
    "less_than_equal": "{where}au plus {le} attendu, lu « {input} »",
}
ID = "^[a-z][a-z0-9_]*$"
EMPTY = "{where}rien n'est écrit ; un texte qui contient « # » va entre guillemets, car # commence un commentaire"
NOT_ONE = "{where}un seul texte attendu ; s'il commence par {{ ou par [, mettez-le entre guillemets"
FRENCH_KEYS = {
    "obligatoire": "required", "requis": "required", "libelle": "label", "libellé": "label", "nom": "name",
    "titre": "title", "type": "kind", "genre": "kind", "aide": "help", "champs": "fields", "etapes": "steps",
    "étapes": "steps", "niveau": "level", "niveaux": "levels", "regles": "rules", "règles": "rules", "si": "when",
    "quand": "when", "valeur": "value", "valeurs": "choices", "choix": "choices", "liste": "choices",
    "defaut": "default", "défaut": "default", "unite": "unit", "unité": "unit", "vers": "to", "de": "from",
    "par": "by", "etats": "states", "états": "states", "axe": "axes", "role": "roles", "rôles": "roles",
    "couleur": "brand", "terme": "as", "actions": "moves", "initiale": "initial", "colonnes": "columns",
    "filtres": "filters", "tri": "sort", "recherche": "search", "onglets": "tabs", "sujet": "subject",
    "objet": "subject", "corps": "body", "gravite": "severity", "gravité": "severity", "motif": "reason",
}  # fmt: skip
"""What one writes who thinks in French, and the key that was meant."""


def sentence(error: dict[str, Any], root: type[BaseModel]) -> str:
    """The French sentence of one pydantic error (`ValidationError.errors()`)."""
    kind, loc, context = error["type"], error["loc"], error.get("ctx", {})
    key = str(loc[-1]) if loc else ""
    where = f"{key} : " if loc and not isinstance(loc[-1], int) and key != "[key]" else ""
    if kind == "extra_forbidden":
        return f"clé inconnue « {key} »{_meant(key, keys_at(root, loc[:-1]))}"
    if kind == "literal_error":
        options = [o.strip(" '") for o in context["expected"].replace(" or ", ",").split(",")]
        return unknown(f"{where}valeur inconnue", str(error["input"]), options)
    if kind == "string_pattern_mismatch":
        return where + _shape(str(error["input"]), str(context["pattern"]))
    if kind == "string_type":
        words = EMPTY if error["input"] is None else NOT_ONE
        return words.format(where=where)
    if kind == "value_error":
        return f"{where}{context['error']}"
    words = SENTENCES.get(kind, "{where}valeur refusée ({input})")
    return words.format(
        where=where,
        key=key,
        input=error.get("input"),
        **{k: v for k, v in context.items() if k not in ("where", "key")},
    )


def _meant(key: str, keys: list[str]) -> str:
    """The nearest key, a French word being nearest to what it means; else, few as they are, all of them."""
    meant = FRENCH_KEYS.get(key.lower())
    return f" ; vouliez-vous dire « {meant} » ?" if meant in keys else nearest(key, keys)


def _shape(written: str, pattern: str) -> str:
    """What is not written as it should, and how it could be."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", written.lower()) if not unicodedata.combining(c))
    joint = "_" if pattern == ID else "-"
    better = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)
    hint = f" ; écrivez « {better} »" if re.fullmatch(pattern, better) and better != written else ""
    if "a-z" not in pattern:
        return f"« {written} » n'a pas la forme attendue"
    rule = f"minuscules sans accent, chiffres et {joint}, une lettre d'abord"
    return f"« {written} » n'est pas un identifiant : {rule}{hint}"


def keys_at(root: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The keys the schema knows at a place, to suggest the nearest."""
    model: Any = root
    for part in loc:
        model = _descend(model, part)
        if model is None:
            return []
    return [f.alias or name for name, f in model.model_fields.items()] if _is_model(model) else []


def _descend(model: Any, part: Any) -> Any:
    if not _is_model(model):
        return model  # inside a list or a dict whose inner model was already found
    for name, field in model.model_fields.items():
        if part in (field.alias, name):
            return _inner_model(field.annotation)
    if "root" in model.model_fields:
        return _inner_model(model.model_fields["root"].annotation)
    return model


def _inner_model(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _inner_model(inner)) is not None:
            return found
    return None


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)
