"""Tables of exchange."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Node(models.Model):
    """A node of the network as the hub's directory names it."""

    class Role(models.TextChoices):
        """What a node does for the network."""

        NODE = "node", "地区节点"
        HUB = "hub", "国家枢纽"

    class State(models.TextChoices):
        """A retired node is heard no more."""

        ACTIVE = "active", "在网"
        RETIRED = "retired", "已退网"

    code = models.CharField("节点编号", max_length=20, primary_key=True)
    role = models.CharField("角色", max_length=10, choices=Role.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    address = models.CharField("地址", max_length=200)

    class Meta:
        verbose_name = "节点"

    def __str__(self) -> str:
        return self.code


class NodeKey(models.Model):
    """A public key of a node and when it is good; periods overlap while a key is being changed."""

    public = models.CharField("公钥", max_length=128, primary_key=True)
    node = models.CharField("节点编号", max_length=20)
    since = models.DateTimeField("启用时间")
    until = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "节点公钥"

    def __str__(self) -> str:
        return f"{self.node} {self.public[:8]}"


class NodeRegion(models.Model):
    """Which node holds a region; ``prefix`` is its code without the zeros at the end, the longest one counts."""

    prefix = models.CharField("地区代码前缀", max_length=6, primary_key=True)
    node = models.CharField("节点编号", max_length=20)
    moving_to = models.CharField("移交至", max_length=20, blank=True)

    class Meta:
        verbose_name = "节点辖区"

    def __str__(self) -> str:
        return f"{self.prefix} {self.node}"


class Outgoing(models.Model):
    """Something to be said to another node, left by the transaction that wants it said; removed when it was heard."""

    id = models.BigIntegerField(primary_key=True)
    receiver = models.CharField("接收节点", max_length=20)
    kind = models.CharField("报文类型", max_length=40)
    subject = models.BigIntegerField("事项")
    body = models.JSONField("内容")
    left_at = models.DateTimeField("写入时间")
    due_at = models.DateTimeField("发送时间")
    tries = models.IntegerField("已试次数", default=0)
    refused = models.CharField("被拒原因", max_length=500, blank=True, help_text="a case for a person")

    class Meta:
        verbose_name = "待发报文"
        indexes = [
            models.Index(fields=["receiver", "due_at"], condition=Q(refused=""), name="outgoing_due"),
            models.Index(fields=["subject"], name="outgoing_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.receiver} {self.kind} {self.subject}"


class Incoming(models.Model):
    """A command that took effect, with the answer it was given."""

    pk = models.CompositePrimaryKey("sender", "id")
    sender = models.CharField("发送节点", max_length=20)
    id = models.CharField("报文编号", max_length=40)
    digest = models.BinaryField("内容摘要")
    answer = models.TextField("答复")
    at = models.DateTimeField("受理时间")

    class Meta:
        verbose_name = "已收报文"
        indexes = [models.Index(fields=["at"], name="incoming_at")]

    def __str__(self) -> str:
        return f"{self.sender} {self.id}"


class Refusal(models.Model):
    """A message that was not taken, and why."""

    at = models.DateTimeField("时间")
    sender = models.CharField("自称发送节点", max_length=20)
    message = models.CharField("报文编号", max_length=40)
    kind = models.CharField("报文类型", max_length=40)
    code = models.CharField("原因代码", max_length=60)
    text = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = "拒收记录"

    def __str__(self) -> str:
        return f"{self.sender} {self.code}"


class Contact(models.Model):
    """How we stand with another node: when it last answered, what last went wrong, how far we have read its facts."""

    node = models.CharField("节点编号", max_length=20, primary_key=True)
    heard_at = models.DateTimeField("最近答复", null=True)
    failed_at = models.DateTimeField("最近失败", null=True)
    error = models.CharField("最近错误", max_length=500, blank=True)
    read_until = models.DateTimeField("已取事实至", null=True)
    cursors = models.JSONField(
        "已取事实位置", default=dict, db_default={}, help_text="by kind of fact: transaction and row"
    )

    class Meta:
        verbose_name = "节点联系"

    def __str__(self) -> str:
        return self.node


class Locator(models.Model):
    """At the hub: at which node a person is registered, by the digest of a document; nothing else of the person."""

    digest = models.CharField("证件摘要", max_length=64, primary_key=True)
    node = models.CharField("节点编号", max_length=20)

    class Meta:
        verbose_name = "参保登记定位"

    def __str__(self) -> str:
        return f"{self.digest[:8]} {self.node}"


class Position(models.Model):
    """At the hub: what one side of a pair of regions says is owed for a month, in fen."""

    pk = models.CompositePrimaryKey("node", "month", "care_region", "home_region", "side")
    node = models.CharField("节点编号", max_length=20)
    month = models.CharField("月份", max_length=7)
    care_region = models.CharField("就医地", max_length=6)
    home_region = models.CharField("参保地", max_length=6)
    side = models.CharField("一方", max_length=10, choices=[("from_home", "应收"), ("to_care", "应付")])
    amount = models.BigIntegerField("金额（分）")

    class Meta:
        verbose_name = "地区间应收应付"

    def __str__(self) -> str:
        return f"{self.month} {self.care_region} {self.home_region} {self.amount}"
