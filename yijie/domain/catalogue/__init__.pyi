from .errors import ItemUnknown as ItemUnknown
from .load import (
    ItemRow as ItemRow,
)
from .load import (
    TermRow as TermRow,
)
from .load import (
    TermsOverlap as TermsOverlap,
)
from .load import (
    count_real_items as count_real_items,
)
from .load import (
    load_items as load_items,
)
from .load import (
    load_terms as load_terms,
)
from .load import (
    remove_sample_items as remove_sample_items,
)
from .term import ItemTerm as ItemTerm
from .term import terms as terms
