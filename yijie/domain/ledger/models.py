"""Tables of the ledger. Postings are partitioned by month (see the migration), append-only by trigger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Account(models.TextChoices):
    """Kinds of account; positive amounts are debits. With an owner each is one account in one region's book."""

    FUND = "fund", "基金支出"
    """What a fund (owner: fund name) has paid out. Home book."""
    CONTRIBUTION = "contribution", "个人账户划入"
    """Money credited to personal accounts (owner: where it came from). Home book."""
    PERSON = "person", "个人账户"
    """A person's account (owner: person number); a credit balance, so never above zero here. Home book."""
    ALLOWANCE_DUE = "allowance_due", "应付津贴"
    """Allowances owed to a person (owner: person number), such as maternity allowance. Home book."""
    PERSON_HELD = "person_held", "在途个人账户"
    """Account money (owner: person number) reserved for a settlement that another node decides. Home book."""
    TO_CARE = "to_care", "应付就医地"
    """Owed to a care region (owner: its code). Home book."""
    FROM_HOME = "from_home", "应收参保地"
    """Owed by a home region (owner: its code). Care book; mirrors TO_CARE to the fen."""
    INSTITUTION_DUE = "institution_due", "应付医药机构"
    """Owed to an institution (owner: its code). Care book."""
    DESK_CASH = "desk_cash", "现金收入"
    """Cash the patient paid at the desk (owner: institution). Care book."""
    HOSPITAL_BORNE = "hospital_borne", "医院负担"
    """Borne by the institution itself (owner: institution). Care book."""
    CHARGED = "charged", "已结医疗费"
    """Charges that no fund pays (owner: institution): counterpart of cash and hospital's share. Care book."""


class Posting(models.Model):
    """One side of a transaction: an amount on an account of a region's book."""

    pk = models.CompositePrimaryKey("month", "transaction", "line")
    month = models.DateField("月份")
    transaction = models.BigIntegerField("记账编号")
    line = models.SmallIntegerField("序号")
    region = models.CharField("账套地区", max_length=6)
    template = models.CharField("凭证模板", max_length=20)
    settlement = models.BigIntegerField("结算", null=True)
    account = models.CharField("科目", max_length=20, choices=Account.choices)
    owner = models.CharField("户", max_length=30)
    amount = models.BigIntegerField("金额（分）")
    at = models.DateTimeField("记账时间")

    class Meta:
        managed = False
        db_table = "ledger_posting"
        verbose_name = "记账分录"

    def __str__(self) -> str:
        return f"{self.region} {self.account}:{self.owner} {self.amount}"


class Balance(models.Model):
    """Running sum of an account's postings, spread over shards so that a province's fund is no single hot row."""

    pk = models.CompositePrimaryKey("region", "account", "owner", "shard")
    region = models.CharField("账套地区", max_length=6)
    account = models.CharField("科目", max_length=20, choices=Account.choices)
    owner = models.CharField("户", max_length=30)
    shard = models.SmallIntegerField("分片", default=0)
    amount = models.BigIntegerField("余额（分）", default=0)

    class Meta:
        verbose_name = "科目余额"
        constraints = [
            models.CheckConstraint(
                condition=~Q(account="person") | Q(amount__lte=0), name="balance_person_not_overdrawn"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.account}:{self.owner} {self.amount}"
