"""The words of a condition: SQL's words let through one by one, then read as a tree by sqlglot."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import NoReturn

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from tidegate.profiles.refusals import FUNCTIONS, NEAREST_FUNCTION, NEAREST_WORD, did_you_mean, refuse

__all__ = ["DEEPEST_NESTING", "LONGEST_CONDITION", "tree_of"]

LONGEST_CONDITION = 100_000  # characters
DEEPEST_NESTING = 40

_WORDS = {
    TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IN, TokenType.BETWEEN, TokenType.LIKE, TokenType.ESCAPE,
    TokenType.IS, TokenType.NULL, TokenType.TRUE, TokenType.FALSE, TokenType.DATE, TokenType.VAR,
    TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER, TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA,
    TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE,
    TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH,
}  # fmt: skip


def tree_of(text: str, folded: Mapping[str, str]) -> exp.Expr:
    """The parser's tree of a condition made of words that are let in.

    `folded` holds the names of columns by their small letters. Raises ProfileError with the place of what is refused.
    """
    if not text.strip():
        refuse(text, 0, 0, "the condition is empty.", "Write what must be true of a line, as hs_code LIKE '4403%'.")
    if len(text) > LONGEST_CONDITION:
        what = f"the condition has {len(text):,} characters; at most {LONGEST_CONDITION:,} are let in."
        refuse("", 0, 0, what, "Put long lists of values in a watch list: on_list(importer_id, 'name').")
    try:
        tokens = DuckDB().tokenize(text)
    except TokenError:
        _refuse_unclosed(text)
    _screen(text, tokens, folded)
    try:
        trees = DuckDB().parser().parse(tokens, text)
    except ParseError as error:
        _refuse_unparsed(text, error)
    except RecursionError:
        refuse(text, 0, 1, "the condition is nested too deeply.", "Remove repeated NOT, minus signs or brackets.")
    if len(trees) != 1 or trees[0] is None:
        refuse(text, 0, 1, "this is not one condition.")
    return trees[0]


def _screen(text: str, tokens: list[Token], folded: Mapping[str, str]) -> None:
    """Refuse every word that is not let in, at its place; names of columns pass whatever SQL means by them."""
    depth = 0
    for token, after in zip_longest(tokens, tokens[1:]):
        word, low, kind = token.text, token.text.lower(), token.token_type
        what = hint = ""
        if kind == TokenType.IDENTIFIER:
            if low not in folded:
                what, hint = f'"{word}" in double quotes is a name.', f"Texts stand in single quotes: '{word}'."
        elif kind == TokenType.L_PAREN:
            depth += 1
            if depth > DEEPEST_NESTING:
                what, hint = f"brackets are nested more than {DEEPEST_NESTING} deep.", "Remove some."
        elif kind == TokenType.R_PAREN:
            depth -= 1
        elif after is not None and after.token_type == TokenType.L_PAREN and _is_function(token):
            if low not in FUNCTIONS:
                nearest = NEAREST_FUNCTION.get(low) or NEAREST_WORD.get(low) or did_you_mean(low, FUNCTIONS)
                what, hint = f"{word}() is not let in.", nearest or f"There are {', '.join(sorted(FUNCTIONS))}."
        elif low in folded and kind != TokenType.STRING:
            token.token_type = TokenType.VAR
        elif kind not in _WORDS or word == "==":
            what, hint = f"{word} is not let in.", NEAREST_WORD.get(low) or NEAREST_FUNCTION.get(low, "")
        elif kind == TokenType.DATE and (after is None or after.token_type != TokenType.STRING):
            what, hint = "DATE needs a text after it.", "Write DATE '2026-01-31'."
        if what:
            refuse(text, token.start, token.end + 1, what, hint)


def _is_function(token: Token) -> bool:
    if token.token_type == TokenType.VAR:
        return True
    return token.token_type not in _WORDS and token.text[:1].isalpha()


def _refuse_unclosed(text: str) -> NoReturn:
    quote = "'" if text.count("'") % 2 else '"'
    start = max(text.rfind(quote), 0)
    hint = "Close it; an apostrophe inside a text is written twice: 'Côte d''Ivoire'."
    refuse(text, start, start + 1, f"a text that {quote} opens is not closed.", hint)


def _refuse_unparsed(text: str, error: ParseError) -> NoReturn:
    detail = error.errors[0]
    highlight, description = str(detail["highlight"] or ""), str(detail["description"])
    # The parser names the last column of the word it stopped at.
    before = text.split("\n")[: int(detail["line"] or 1) - 1]
    start = sum(len(line) + 1 for line in before) + int(detail["col"] or 1) - len(highlight)
    what = "this cannot be read here."
    if "Required keyword" in description:
        what = "something is missing here."
    elif description.startswith("Expecting"):
        what = f"{description[0].lower()}{description[1:]} after this."
    elif "number of provided arguments" in description:
        what = "too many arguments."
    refuse(text, start, start + len(highlight), what, "Join conditions with AND or OR; texts in single quotes.")
