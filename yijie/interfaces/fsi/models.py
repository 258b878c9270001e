"""Tables of the interface itself: messages with their answers, sign-ins, clients, certifications, tallies."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Message(models.Model):
    """A writing message that took effect, or a tombstone; its key lives as long as what it did can be undone."""

    class State(models.TextChoices):
        """What the platform remembers of a message id."""

        DONE = "done", "已办理"
        REVERSED = "reversed", "已冲正"
        TOMBSTONE = "tombstone", "先行冲正"

    pk = models.CompositePrimaryKey("institution", "infno", "msgid")
    institution = models.CharField("机构编号", max_length=30)
    infno = models.CharField("交易编号", max_length=10)
    msgid = models.CharField("发送方报文ID", max_length=40)
    content_hash = models.BinaryField("内容摘要", null=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DONE)
    person_number = models.CharField("人员编号", max_length=30, blank=True)
    subject = models.BigIntegerField("办理对象", null=True, help_text="settlement or encounter the message made")
    output = models.TextField("交易输出", blank=True)
    operator = models.CharField("经办人", max_length=50, blank=True)
    received_at = models.DateTimeField("受理时间")

    class Meta:
        verbose_name = "接口报文"
        indexes = [models.Index(fields=["subject"], name="message_subject")]

    def __str__(self) -> str:
        return f"{self.institution} {self.infno} {self.msgid}"


class SignIn(models.Model):
    """An operator's sign-in at an institution (9001)."""

    number = models.CharField("签到编号", max_length=30, primary_key=True)
    institution = models.CharField("机构编号", max_length=30)
    operator = models.CharField("操作员", max_length=20)
    mac = models.CharField("MAC 地址", max_length=20)
    ip = models.CharField("IP 地址", max_length=20)
    signed_in_at = models.DateTimeField("签到时间")
    signed_out_at = models.DateTimeField("签退时间", null=True)

    class Meta:
        verbose_name = "接口签到"

    def __str__(self) -> str:
        return self.number


class Client(models.Model):
    """How the system of one institution speaks: its gateway family, its keys, and what it expects of answers."""

    class Gateway(models.TextChoices):
        """How requests are authenticated; the four families that provinces use."""

        NONE = "none", "专网直连，不签名"
        API = "api", "_api_* 请求头，HMAC-SHA1"
        TIF = "tif", "x-tif-* 请求头，SHA-256"
        OAUTH = "oauth", "OAuth2 令牌"

    class Signed(models.TextChoices):
        """What the client's SM2 signature in ``cainfo`` covers."""

        NOTHING = "nothing", "不验签"
        INPUT = "input", "input 明文"
        HEADER = "header", "报文头各字段"

    institution = models.CharField("机构编号", max_length=30, primary_key=True)
    gateway = models.CharField("网关", max_length=10, choices=Gateway.choices, default=Gateway.NONE)
    access_key = models.CharField("访问标识", max_length=64, blank=True, db_index=True)
    secret = models.BinaryField("密钥", null=True, help_text="sealed, as every key in this table")
    username = models.CharField("用户名", max_length=64, blank=True)
    password = models.BinaryField("口令", null=True)
    window_seconds = models.PositiveIntegerField("时间戳有效秒数", default=1800)
    signed = models.CharField("签名范围", max_length=10, choices=Signed.choices, default=Signed.NOTHING)
    public_key = models.CharField("机构 SM2 公钥", max_length=128, blank=True)
    sm4_key = models.BinaryField("SM4 密钥", null=True)
    encrypts_output = models.BooleanField("output 加密", default=False)
    own_key = models.BinaryField("平台签名私钥", null=True)
    infcode_as_text = models.BooleanField("infcode 为文本", default=False)
    account_in_funds = models.BooleanField("基金支付总额含个人账户", default=False)
    node_names = models.JSONField("节点别名", default=dict, blank=True)
    rate_max = models.PositiveIntegerField("每秒报文上限", null=True, blank=True)
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        verbose_name = "接入机构"

    def __str__(self) -> str:
        return f"{self.institution} {self.gateway}"


class Nonce(models.Model):
    """A time stamp with its nonce that was used, and the digest of the request; kept as long as the stamp holds."""

    pk = models.CompositePrimaryKey("access_key", "nonce")
    access_key = models.CharField("访问标识", max_length=64)
    nonce = models.CharField("时间戳与随机数", max_length=100)
    request = models.BinaryField("请求摘要")
    until = models.DateTimeField("保留到")

    class Meta:
        verbose_name = "网关随机数"
        indexes = [models.Index(fields=["until"], name="nonce_until")]

    def __str__(self) -> str:
        return f"{self.access_key} {self.nonce}"


class Certification(models.Model):
    """A trial of a client's system: from its beginning to its end everything the institution sends is watched."""

    class Kind(models.TextChoices):
        """Whose acceptance list applies; the order of the document's columns."""

        PHARMACY = "pharmacy", "定点零售药店"
        CLINIC = "clinic", "诊所、社区卫生服务机构"
        PRIMARY = "primary", "一级医院"
        HIGHER = "higher", "二级及以上医院"

    institution = models.CharField("机构编号", max_length=30)
    kind = models.CharField("机构类型", max_length=10, choices=Kind.choices)
    token = models.CharField("页面标识", max_length=64, unique=True, help_text="who knows it may read the page")
    began_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "接口验收"
        constraints = [
            models.UniqueConstraint(
                fields=["institution"], condition=models.Q(ended_at=None), name="certification_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.began_at:%Y-%m-%d}"


class Tally(models.Model):
    """Messages of a day and region by transaction and outcome, with how many fell into each class of latency."""

    pk = models.CompositePrimaryKey("day", "region", "infno", "code")
    day = models.DateField("日期")
    region = models.CharField("机构所在统筹区", max_length=6)
    infno = models.CharField("交易编号", max_length=10)
    code = models.CharField("拒绝代码", max_length=60)
    number = models.BigIntegerField("笔数")
    classes = ArrayField(models.BigIntegerField(), verbose_name="时延分布")

    class Meta:
        verbose_name = "接口统计"

    def __str__(self) -> str:
        return f"{self.day} {self.region} {self.infno} {self.code}"


class Refusal(models.Model):
    """A message that was refused: when, which, why, whose. Nothing of its content; kept for some months."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    region = models.CharField("机构所在统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    infno = models.CharField("交易编号", max_length=10)
    code = models.CharField("拒绝代码", max_length=60)
    msgid = models.CharField("发送方报文ID", max_length=40)
    reference = models.CharField("平台流水号", max_length=40)

    class Meta:
        verbose_name = "被拒报文"
        indexes = [
            models.Index(fields=["at"], name="refusal_at"),
            models.Index(fields=["region", "at"], name="refusal_region"),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.infno} {self.code}"


class Observation(models.Model):
    """One message seen during a certification: what was sent, masked, and what was found about it."""

    certification = models.ForeignKey(Certification, on_delete=models.CASCADE, related_name="observations")
    infno = models.CharField("交易编号", max_length=10)
    msgid = models.CharField("发送方报文ID", max_length=40)
    content = models.CharField("内容摘要", max_length=64)
    seen_at = models.DateTimeField("收到时间")
    code = models.CharField("拒绝代码", max_length=60, blank=True)
    text = models.CharField("拒绝原因", max_length=250, blank=True)
    request = models.JSONField("请求（已脱敏）")
    findings = models.JSONField("检查意见")

    class Meta:
        verbose_name = "验收报文"
        indexes = [models.Index(fields=["certification", "infno", "id"], name="observation_latest")]

    def __str__(self) -> str:
        return f"{self.infno} {self.msgid}"
