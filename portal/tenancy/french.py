"""What the schema refuses, said in French."""

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
ID_PATTERN = "{where}« {input} » n'est pas un identifiant : minuscules, chiffres et _ , une lettre d'abord"


def sentence(error: dict[str, Any], root: type[BaseModel]) -> str:
    """The French sentence of one pydantic error (`ValidationError.errors()`)."""
    kind, loc, context = error["type"], error["loc"], error.get("ctx", {})
    key = str(loc[-1]) if loc else ""
    where = f"{key} : " if loc and not isinstance(loc[-1], int) else ""
    if kind == "extra_forbidden":
        return f"clé inconnue « {key} »{nearest(key, keys_at(root, loc[:-1]))}"
    if kind == "literal_error":
        options = [o.strip(" '") for o in context["expected"].replace(" or ", ",").split(",")]
        return unknown(f"{where}valeur inconnue", str(error["input"]), options)
    if kind == "string_pattern_mismatch":
        return ID_PATTERN.format(where=where, input=error["input"])
    if kind == "value_error":
        return f"{where}{context['error']}"
    words = SENTENCES.get(kind, "{where}valeur refusée ({input})")
    return words.format(
        where=where,
        key=key,
        input=error.get("input"),
        **{k: v for k, v in context.items() if k not in ("where", "key")},
    )


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
