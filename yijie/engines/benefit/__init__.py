"""The benefit engine: from a pool's policy and a graded case to who pays what, exact to the fen and explained.

A policy is a folder of YAML files that a policy officer writes (``docs/policy-format.md``): layers of payers, each a
list of steps from a small closed set, every figure dated and with its source. ``evaluate`` runs one case through it.
The engine keeps no state, reads no clock, and refuses where the policy is silent rather than guess.

Promises: the parts of every answer add up to the bill; nobody pays less than nothing; taking the accumulator deltas
off again undoes a settlement exactly; two policies with one fingerprint decide every case alike.
"""

from yijie.engines.benefit.accumulators import apply_deltas, undo_deltas
from yijie.engines.benefit.case import Amounts, Bucket, Case, Remote
from yijie.engines.benefit.entitlement import Entitlement, entitlements
from yijie.engines.benefit.evaluate import evaluate
from yijie.engines.benefit.explain import step_words
from yijie.engines.benefit.grade import FeeLine, Graded, grade, grade_bill
from yijie.engines.benefit.loading import load_policies, load_policy
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.read_policy import read_policy
from yijie.engines.benefit.report import benefit_report, error_report
from yijie.engines.benefit.result import BandShare, Benefit, LayerShare, TraceStep, check_payers
from yijie.engines.benefit.visits import Years, settle_all, settle_in_order

__all__ = [
    "Amounts",
    "BandShare",
    "Benefit",
    "Bucket",
    "Case",
    "Entitlement",
    "FeeLine",
    "Graded",
    "LayerShare",
    "Policy",
    "Remote",
    "TraceStep",
    "Years",
    "apply_deltas",
    "benefit_report",
    "check_payers",
    "entitlements",
    "error_report",
    "evaluate",
    "grade",
    "grade_bill",
    "load_policies",
    "load_policy",
    "read_policy",
    "settle_all",
    "settle_in_order",
    "step_words",
    "undo_deltas",
]
