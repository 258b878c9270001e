from .again import (
    THIRD_PARTY as THIRD_PARTY,
    NotToSettleAgain as NotToSettleAgain,
    Repeated as Repeated,
    ask_to_settle_again as ask_to_settle_again,
    covered_late as covered_late,
    not_asked_back as not_asked_back,
    repeated as repeated,
)
from .crossing import (
    Begun as Begun,
    BegunVoid as BegunVoid,
    Request as Request,
    abort as abort,
    aborted_by_question as aborted_by_question,
    asked as asked,
    begin as begin,
    begin_void as begin_void,
    conclude as conclude,
    conclude_void as conclude_void,
    expire as expire,
    home_nodes as home_nodes,
    numbers_of as numbers_of,
    quoted as quoted,
)
from .errors import (
    AlreadyVoided as AlreadyVoided,
    AttemptAborted as AttemptAborted,
    AttemptOpen as AttemptOpen,
    CertificateUnknown as CertificateUnknown,
    Certified as Certified,
    FamilyAccountNotOffered as FamilyAccountNotOffered,
    SettlementUnknown as SettlementUnknown,
)
from .failing import (
    Certificate as Certificate,
    certificate_of as certificate_of,
    certify as certify,
    withdraw_certificate as withdraw_certificate,
)
from .models import FUNDS as FUNDS, MONEY as MONEY
from .queries import (
    SettlementRow as SettlementRow,
    by_number as by_number,
    find as find,
    many as many,
    of_encounter as of_encounter,
    of_person as of_person,
)
from .settling import Asked as Asked, Charge as Charge, Settled as Settled, quote as quote, settle as settle
from .voiding import Voided as Voided, void as void, void_settlement as void_settlement
