"""What can be wrong about a file."""

from yijie.kernel.errors import YijieError


class FileUnknown(YijieError):
    """No file has that number, it belongs to another institution, or its time is over."""

    code = "files.unknown"
    zh = "查无文件 {number}（不存在、不属于本机构或已过下载截止时间），请重新生成或上传"
    en = "no file {number}: it does not exist, is another institution's, or has expired"


class FileEmpty(YijieError):
    """A file without content."""

    code = "files.empty"
    zh = "文件 {name} 没有内容，请检查后重新上传"
    en = "file {name} is empty"


class FileTooLarge(YijieError):
    """More bytes than a file may have."""

    code = "files.too_large"
    zh = "文件 {name} 超过 {bytes_max} 字节，请压缩或分批上传"
    en = "file {name} has more than {bytes_max} bytes; compress it or send it in parts"
