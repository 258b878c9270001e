"""The engine over columns: the same steps for a million claims at once, every fen as the scalar engine has it.

``claims_of`` lays cases out as columns; ``evaluate_table`` settles a table, the visits of one person in their order.
This is the one part of the engines that uses NumPy.
"""

from yijie.engines.benefit.columnar.claims import Claims, Words, claims_of
from yijie.engines.benefit.columnar.evaluate import Answers, ColumnarPolicy, evaluate_table

__all__ = ["Answers", "Claims", "ColumnarPolicy", "Words", "claims_of", "evaluate_table"]
