"""Why a text is no YAML, said in French to somebody who does not know YAML: what to look for, and where."""

import yaml

ALIGNED = "une ligne n'est pas alignée sur celles du même rang, ou des guillemets ne sont pas fermés"
QUOTED = "un texte qui contient « : » ou « # », ou qui commence par { [ * & ! % @ `, s'écrit entre guillemets"
ENTRIES = "une virgule manque entre deux clés, ou un texte en contient une : mettez-le entre guillemets"
PROBLEMS = {
    "did not find expected key": ALIGNED,
    "did not find expected '-' indicator": "un tiret manque, ou n'est pas aligné sur les autres de la liste",
    "mapping values are not allowed in this context": f"« : » inattendu ; {ALIGNED} ; {QUOTED}",
    "found character that cannot start any token": QUOTED,
    "did not find expected ',' or '}'": f"{ENTRIES}, ou « }} » manque",
    "did not find expected ',' or ']'": f"{ENTRIES}, ou « ] » manque",
    "could not find expected ':'": "« : » manque après une clé",
    "found unexpected end of stream": "des guillemets ne sont pas fermés",
    "found unknown escape character": "« \\ » entre guillemets doubles : prenez des guillemets simples",
    "control characters are not allowed": "un caractère invisible est interdit ici : effacez-le",
    "did not find expected <document start>": "cette ligne n'appartient à aucune clé",
    "found undefined alias": "« * » nomme une ancre qui n'existe pas ; un texte qui commence ainsi va entre guillemets",
}


def unreadable(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line (1-based) and the words of a text that YAML cannot read."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    line = mark.line if mark else 0
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return line + 1, "YAML illisible : une tabulation ; le retrait se fait avec des espaces"
    words = PROBLEMS.get(str(error.problem), str(error.problem))
    begun = f" (commencé ligne {opened.line + 1})" if opened and opened.line != line else ""
    return line + 1, f"YAML illisible : {words}{begun}"
