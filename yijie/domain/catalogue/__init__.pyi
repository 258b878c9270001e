from .accepting import (
    OwnRow as OwnRow,
    accept as accept,
    keep_own_items as keep_own_items,
    review_acceptance as review_acceptance,
    undo_acceptance as undo_acceptance,
)
from .errors import (
    AcceptanceUnfit as AcceptanceUnfit,
    ItemUnknown as ItemUnknown,
    MappingUnfit as MappingUnfit,
    MappingUnknown as MappingUnknown,
)
from .joining import join_lists as join_lists
from .load import (
    ItemRow as ItemRow,
    TermRow as TermRow,
    TermsOverlap as TermsOverlap,
    count_real_items as count_real_items,
    load_items as load_items,
    load_terms as load_terms,
    publish_items as publish_items,
    put_terms as put_terms,
    replace_sample_items as replace_sample_items,
)
from .mapping import (
    MappingGiven as MappingGiven,
    MappingRow as MappingRow,
    MappingsAsked as MappingsAsked,
    count_mappings as count_mappings,
    find_mappings as find_mappings,
    map_items as map_items,
    mapped as mapped,
    unmap as unmap,
)
from .queries import (
    ItemAsked as ItemAsked,
    ItemPage as ItemPage,
    TermAsked as TermAsked,
    TermPage as TermPage,
    item_rows as item_rows,
    term_rows as term_rows,
)
from .release import (
    CONCEPTS as CONCEPTS,
    ITEM_FIELDS as ITEM_FIELDS,
    ITEMS as ITEMS,
    Changes as Changes,
    ConceptRow as ConceptRow,
    count_changes as count_changes,
    latest_release as latest_release,
    publish_concepts as publish_concepts,
    write_changes as write_changes,
)
from .suggest import Own as Own, Suggestion as Suggestion, suggest as suggest
from .term import ItemTerm as ItemTerm, terms as terms
