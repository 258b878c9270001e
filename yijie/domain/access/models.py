"""Tables of access."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class Role(models.TextChoices):
    """Positions people hold (design: roles); hospital ones are granted per institution, the others per region."""

    HOSPITAL_DESK = "hospital_desk", "医院收费窗口"
    HOSPITAL_OFFICE = "hospital_office", "医院医保办"
    BENEFIT_OFFICER = "benefit_officer", "待遇经办"
    REVIEW_OFFICER = "review_officer", "审核经办"
    CLEARING_OFFICER = "clearing_officer", "清算经办"
    SUPERVISOR = "supervisor", "经办主管"
    AUDITOR = "auditor", "稽核审计"
    HUB_OPERATOR = "hub_operator", "国家平台运维"
    ADMINISTRATOR = "administrator", "系统管理员"


HOSPITAL_ROLES = frozenset({Role.HOSPITAL_DESK, Role.HOSPITAL_OFFICE})
"""Granted for one institution; all other roles are granted for a region."""


class User(AbstractUser):
    """A person who works with the system."""

    display = models.CharField("姓名", max_length=50)
    sample = models.BooleanField(
        "样例用户", default=False, help_text="made by the demonstration; needs no second factor"
    )

    fresh = models.BooleanField("首次密码", default=False, help_text="set by an administrator, to be changed first")

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return f"{self.display or self.username}"


class Grant(models.Model):
    """A role given to a user for a region (with all beneath it) or for one institution."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    region = models.CharField("地区", max_length=6, blank=True, help_text="000000 is the whole nation")
    institution = models.CharField("医药机构", max_length=12, blank=True)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)
    granted_by = models.CharField("授权人", max_length=150)
    granted_at = models.DateTimeField("授权时间")

    class Meta:
        verbose_name = "岗位授权"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["hospital_desk", "hospital_office"], region="", institution__regex=r"^\w{12}$")
                | (~Q(role__in=["hospital_desk", "hospital_office"]) & Q(institution="", region__regex=r"^\d{6}$")),
                name="grant_for_region_or_institution",
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grant_ends_later"),
            models.UniqueConstraint(fields=["user", "role", "region", "institution", "since"], name="grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.region}{self.institution}"


class Event(models.Model):
    """Who did or saw what, when and from where; only ever added to."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField("时间")
    username = models.CharField("用户", max_length=150)
    action = models.CharField("操作", max_length=40)
    subject = models.CharField("对象", max_length=60, blank=True, help_text="number of what it was done to")
    person_number = models.CharField("人员编号", max_length=30, blank=True)
    region = models.CharField("地区", max_length=6, blank=True)
    institution = models.CharField("医药机构", max_length=12, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    details = models.JSONField("内容", default=dict)

    class Meta:
        verbose_name = "操作记录"
        indexes = [
            models.Index(fields=["person_number", "at"], name="event_person"),
            models.Index(fields=["username", "at"], name="event_user"),
            models.Index(fields=["subject"], name="event_subject"),
            models.Index(fields=["at"], name="event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.username} {self.action} {self.subject}"


class ScopeKey(models.Model):
    """The one secret with which scopes of desk connections are signed; the desk's database role cannot read it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    key = models.BinaryField()

    class Meta:
        verbose_name = "范围签名密钥"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="scope_key_only_one")]

    def __str__(self) -> str:
        return "scope key"
