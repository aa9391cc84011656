"""Cases of the parser-tables rule."""

from corpus.cases.case import Case
from provenance.compare.explain.parser_tables import LOOP
from provenance.model import Evidence

LEX = "# lextab.py. This file automatically created by PLY (version 3.10). Don't edit!\n_tabversion   = '3.10'\n"
LEX += (
    "_lextokens    = set(('A', 'B'))\n_lexstatere   = {'INITIAL': [('(?P<t_A>a)', [None, ('t_A', 'A')])]}\n"
)
YACC = (
    "_tabversion = '3.10'\n\n_lr_method = 'LALR'\n\n_lr_action_items = {'A':([0,],[1,]),}\n\n_lr_action = {}"
)
YACC += LOOP.format("action") + '_lr_productions = [\n  ("S\' -> a","S\'",1,None,None,None),\n]\n'
USER = {"example/parser.py": "TABLES = 'lextab', 'yacctab'\n"}


def _case(
    title: str, content: str, evidence: Evidence | None = None, name: str = "lextab.py", is_used: bool = True
) -> Case:
    user = USER if is_used else {"example/parser.py": "x = 1\n"}
    return Case(title, f"example/{name}", {f"example/{name}": content, **user}, user, evidence)


CASES = (
    _case("tables of the lexer", LEX, Evidence.RECOGNIZED),
    _case("tables of the parser", YACC, Evidence.RECOGNIZED, "yacctab.py"),
    _case("an import", LEX + "import os\n"),
    _case("a call as a value", LEX + "_lexliterals = __import__('os').system('x')\n"),
    _case("a call within a set", LEX.replace("'A', 'B'", "'A', print()")),
    _case("another name", LEX + "_evil = 'x'\n"),
    _case("another loop", YACC.replace("= _y", "= exec(_y)"), name="yacctab.py"),
    _case("the header and nothing else", LEX.partition("\n")[0] + "\n"),
    _case("no module that names it", LEX, is_used=False),
    _case("tables of another name", LEX, name="evil.py"),
)
