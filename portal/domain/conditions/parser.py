"""Reads an expression into its shape: a short descent, bounded in nodes and in depth."""

from collections.abc import Callable
from decimal import Decimal

from portal.domain.conditions import syntax
from portal.domain.conditions.syntax import MAX_DEPTH, MAX_NODES, MAX_NUMBER, Node, Token
from portal.domain.conditions.types import ConditionError, quoted

_ORDERS = ("==", "!=", "<", "<=", ">", ">=")
_OTHER_WORDS = {"et": "and", "ou": "or", "is": "==", "AND": "and", "OR": "or", "IN": "in", "sinon": "else", "si": "if"}


def parse(source: str) -> Node:
    """The shape of an expression. Raises ConditionError at the first word out of place."""
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self.tokens = syntax.tokenize(source)
        self.index = 0
        self.nodes = 0
        self.depth = 0

    # Moving along the words

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def sees(self, *words: str) -> bool:
        return self.token.kind in ("sign", "word") and self.token.text in words

    def next(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def expect(self, word: str) -> None:
        if self.sees(word):
            self.index += 1
        elif self.token.kind == "end":
            raise ConditionError(f"il manque « {word} »", self.token.at)
        else:
            raise self.unexpected(f" ; « {word} » attendu")

    def unexpected(self, wanted: str = "") -> ConditionError:
        token = self.token
        if token.kind == "end":
            return ConditionError("expression vide" if self.index == 0 else "expression incomplète", token.at)
        if token.text in _OTHER_WORDS:
            wanted = f" ; vouliez-vous dire « {_OTHER_WORDS[token.text]} » ?"
        elif token.text == "," and self.tokens[self.index - 1].kind == "number":
            wanted = " ; les décimales s’écrivent avec un point"
        return ConditionError(f"{quoted(token.text)} inattendu{wanted}", token.at)

    # Building within limits

    def made(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ConditionError(f"expression trop longue : {MAX_NODES} éléments au plus", node.at)
        return node

    def deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionError(f"expression trop imbriquée : {MAX_DEPTH} niveaux au plus", self.token.at)
        node = read()
        self.depth -= 1
        return node

    # The language, from the loosest tie to the tightest

    def whole(self) -> Node:
        node = self.expression()
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def expression(self) -> Node:
        then = self.either()
        if not self.sees("if"):
            return then
        self.next()
        test = self.either()
        self.expect("else")
        return self.made(syntax.Choice(then.at, then, test, self.deeper(self.expression)))

    def either(self) -> Node:
        return self.tied(lambda at, signs, nodes: syntax.Logic(at, "or", nodes), self.both, "or")

    def both(self) -> Node:
        return self.tied(lambda at, signs, nodes: syntax.Logic(at, "and", nodes), self.negation, "and")

    def negation(self) -> Node:
        if not self.sees("not"):
            return self.comparison()
        at = self.next().at
        return self.made(syntax.Prefixed(at, "not", self.deeper(self.negation)))

    def comparison(self) -> Node:
        return self.tied(syntax.Comparison, self.total, *_ORDERS, "in", "not")

    def total(self) -> Node:
        return self.tied(syntax.Arithmetic, self.product, "+", "-")

    def product(self) -> Node:
        return self.tied(syntax.Arithmetic, self.signed, "*", "/")

    def tied(
        self, build: Callable[[int, tuple[str, ...], tuple[Node, ...]], Node], operand: Callable[[], Node], *signs: str
    ) -> Node:
        """Operands tied by any of the signs, kept flat so that a long chain is not a deep one."""
        nodes, seen = [operand()], []
        while self.sees(*signs):
            seen.append(self.sign())
            nodes.append(operand())
        return self.made(build(nodes[0].at, tuple(seen), tuple(nodes))) if seen else nodes[0]

    def sign(self) -> str:
        word = self.next().text
        if word == "not":
            self.expect("in")
            return "not in"
        return word

    def signed(self) -> Node:
        if not self.sees("-"):
            return self.atom()
        at = self.next().at
        return self.made(syntax.Prefixed(at, "-", self.deeper(self.signed)))

    def atom(self) -> Node:
        token = self.token
        read = {"number": self.number, "text": self.text, "name": self.name}.get(token.kind)
        if read is not None:
            self.index += 1
            return self.made(read(token))
        if self.sees("true", "false"):
            self.index += 1
            return self.made(syntax.Literal(token.at, token.text == "true"))
        if self.sees("("):
            self.index += 1
            node = self.deeper(self.expression)
            self.expect(")")
            return node
        if self.sees("["):
            self.index += 1
            return self.made(syntax.Items(token.at, self.several("]")))
        raise self.unexpected()

    def number(self, token: Token) -> Node:
        whole, _, rest = token.text.partition(".")
        if max(len(whole), len(rest)) > MAX_NUMBER:
            raise ConditionError(f"nombre trop grand : {MAX_NUMBER} chiffres au plus", token.at)
        return syntax.Literal(token.at, Decimal(token.text))

    def text(self, token: Token) -> Node:
        return syntax.Literal(token.at, token.text[1:-1])

    def name(self, token: Token) -> Node:
        if not self.sees("("):
            return syntax.Name(token.at, tuple(token.text.split(".")))
        self.index += 1
        return syntax.Call(token.at, token.text, self.several(")"))

    def several(self, end: str) -> tuple[Node, ...]:
        """Expressions between commas up to the closing sign."""
        nodes: list[Node] = []
        while not self.sees(end):
            if nodes:
                self.expect_comma(end)
            nodes.append(self.deeper(self.expression))
        self.index += 1
        return tuple(nodes)

    def expect_comma(self, end: str) -> None:
        if self.sees(","):
            self.index += 1
        elif self.token.kind == "end":
            raise ConditionError(f"il manque « {end} »", self.token.at)
        else:
            raise self.unexpected(f" ; « , » ou « {end} » attendu")
