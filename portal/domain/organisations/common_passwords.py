"""What opens every list of stolen passwords, in French first: lower case, without accents.

Short of twelve signs they are refused by their length alone; they stand in the list for what people add digits to.
"""

from pathlib import Path

COMMON = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines())
