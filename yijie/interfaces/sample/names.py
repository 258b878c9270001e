"""Names for people who do not exist: common surnames with common given-name characters."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王王王王王王王李李李李李李李张张张张张张刘刘刘刘刘陈陈陈陈陈杨杨杨黄黄黄赵赵赵吴吴吴周周周徐徐孙孙马马朱朱胡胡郭郭"
    "何何林林高高罗罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹"
    "熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷"
)
"""Family names; the frequent ones stand several times."""

GIVEN = {
    ("1", 1970): "建国军民华强平明勇伟志文德福贵荣海林山成忠义清和生永光金春喜祥兴根发顺",
    ("1", 1995): "伟强磊军勇杰涛超明刚鹏斌波辉飞浩亮俊凯峰龙旭阳健宁毅诚晨翔宏博鑫",
    ("1", 9999): "浩宇轩辰睿泽晨铭博子航奕嘉俊熙煜文乐天佑梓皓翊沐恒霖桐卓言川",
    ("2", 1970): "秀英兰珍桂芳玉华淑琴凤梅香莲月红美素云丽清惠珠翠芬春喜荣菊彩爱",
    ("2", 1995): "丽娟静敏艳芳霞燕婷玲娜洁莉雪梅红倩琳颖慧萍璐蕾欣佳雯怡丹晶瑶",
    ("2", 9999): "梓涵诗琪欣怡雨桐可馨一诺若曦语嫣思颖佳悦雅晴舒沐瑾萱妍清心然",
}
"""Given-name characters by sex and by the last birth year of the fashion."""


def person_name(rnd: Random, sex: str, birth_year: int) -> str:
    """A full name in the fashion of the birth year; two given characters for most."""
    characters = next(text for (of_sex, until), text in GIVEN.items() if of_sex == sex and birth_year <= until)
    given = rnd.choice(characters) + (rnd.choice(characters) if rnd.random() < 0.82 else "")
    return rnd.choice(SURNAMES) + given
