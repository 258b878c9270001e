from .errors import ItemUnknown as ItemUnknown
from .load import (
    ItemRow as ItemRow,
    TermRow as TermRow,
    TermsOverlap as TermsOverlap,
    count_real_items as count_real_items,
    load_items as load_items,
    load_terms as load_terms,
    remove_sample_items as remove_sample_items,
)
from .term import ItemTerm as ItemTerm, terms as terms
