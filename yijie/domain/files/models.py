"""Tables of files."""

from __future__ import annotations

from django.db import models


class File(models.Model):
    """A file as a whole: whose it is, how large, until when it may be fetched."""

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("医保区划", max_length=6)
    institution = models.CharField("机构编号", max_length=12, help_text="plc: everybody")
    name = models.CharField("文件名", max_length=200)
    size = models.BigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    stored_at = models.DateTimeField("存入时间")
    until = models.DateTimeField("下载截止时间")

    class Meta:
        verbose_name = "文件"
        indexes = [
            models.Index(fields=["institution", "name"], name="files_name"),
            models.Index(fields=["until"], name="files_until"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Piece(models.Model):
    """A piece of a file's content."""

    pk = models.CompositePrimaryKey("file_id", "position")
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="pieces")
    position = models.IntegerField("序号")
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = "文件内容"

    def __str__(self) -> str:
        return f"{self.file_id} {self.position}"
