"""The privacy judge: what must pass, what must not. All data and sentences are made up here."""

import time

import pytest

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from plugins.privacy.judges import shows_personal_data


def view(text: str) -> MessageView:
    return read_message(text, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member")


def judged(text: str) -> Finding | None:
    finding = shows_personal_data(view(text))
    return finding if finding is not None and finding.score >= DEFAULT_THRESHOLD else None


CLEAN = """
订单号 240316-557788990011223 什么时候发货
订单240901-123123123123123 帮忙看下物流
订单编号 310108199001011238 这么长
快递单号 SF1029384756102 到哪了
运单号 773300112233445 两天没更新
圆通 YT6677889900112 显示已签收
中通 73512345678901 在派送
商品编号 600998877665 搜这个
goods_id=512345678901 这款
https://mobile.yangkeduo.com/goods.html?goods_id=13800138000
https://p.pinduoduo.com/13912345678
群号 812345678 是官方的吗
机器人QQ 3011223344 加上了
我QQ 1380013800 加我互点
加qq 13800138001 一起浇水
房间号 889900 一起玩
邀请码 10203040 填了没
口令 99887766 复制打开
优惠券码 A1B2C3D4E5 还能用
取件码 7-2-3045 在驿站
取件码 12-3-4567 帮我看看是哪个驿站
验证码收不到
别把验证码发给别人
收到验证码了 不会给任何人
身份证号不要发群里
银行卡限额怎么提
手机号换绑怎么弄
我的尾号8899 手机
尾号 6677 的卡
138****5678 这是谁
电话 139****0000 打码了
客服电话 400-800-1234
打 95588 问问银行
12315 投诉有用吗
10086 说我停机了
110 报警吧
18650 电池三节多少钱
iPhone 13 128G 二手 2000
RTX4060 显卡 到手 1999
小米14 12+256 2899
内存 16G 3200 频率
i5-13400F 主板套装
百亿补贴 1399 官网 1599
一共 13812 元 太贵
第13800138000位排队
还差 0.01 就提现
满 199 减 100 领券
20240618 晚上 8 点开抢
2024-06-18 20:00 整点
11-25 10:30 截止
5斤装 12.8 10斤装 23.8
3号楼下面的超市
2单元门禁坏了
在5栋楼下等你
收货地址在哪改
地址填错了怎么办
寄到菜鸟驿站就行
北京今天好冷
我在深圳宝安上班
朝阳大悦城三楼那家
杭州到上海高铁多少钱
京A开头的车牌难摇
新K70手机 12256 版
黑T恤 29.9 两件
WiFi密码 88888888
房间密码 123456 快来
压缩包密码 pdd2024
service@pinduoduo.com 写信投诉
接 12
已帮 3 号 15 号 20 号
1 2 3 4 5 6 7 8 9 10
13 14 15 16 17 18 19
帮点 138 次了
""".strip().splitlines()

PHONES = """
我电话 13612340001 有事打
手机号 15812340002
联系我 177-1234-0003
打这个 199 1234 0004
＋８６ １３５１２３４０００５
一三八一二三四零零零六 这是我号码
①③⑨①②③④⓪⓪⓪⑦ 加我
1 8 6 1 2 3 4 0 0 0 8
电话壹叁叁壹贰叁肆零零零玖
手机l5o12340010 打我
+8613112340011 随时
0086 13212340012
微信同号 18912340013
tel:15712340014
13712340015
收件人 王小花 13412340016
找李师傅 15912340017 修的
老公电话 18212340018 打不通打他的
座机 0755-12345678
电话:147.1234.0019
""".strip().splitlines()

OTHERS = """
身份证 110101199003071233 帮我实名
310101198507121241
440106 19921115 0010 证件号
卡号 6222021234567890128 工行
6217001234567890123 建设银行 张三
我银行卡 6228 4812 3456 7890 127
收款账号 6216611234567890124
寄到 浙江省宁波市鄞州区四明路88号3幢2单元501
我家地址 武汉市洪山区雄楚大道12号8栋1单元1203室
地址：幸福花园小区6号楼2单元301
收货 江苏省苏州市吴中区石湖西路168号9幢402室
住在 湖南省浏阳市大瑶镇新河村8组15号
寄到长沙市岳麓区麓山南路阳光公寓3栋1207
我住安徽省合肥市蜀山区长江西路100号15栋1单元602户
验证码 384756 帮我登一下
短信验证码是 5566
887766 是我的验证码
登录验证码：102938
收货码 556677 跟骑手说
提货码 889900 去拿吧
邮箱 xiaohua2000@163.com 发我
1122334455@qq.com 收一下文件
账号 xiaoming 密码 abc12345 帮我登
拼多多账号13600001111密码qwe123456
我的微信密码是 hello2024
粤B·12345 的车主是我
鲁A88888 我的车牌
沪AD12345 挪一下我的车
姓名 周小川 电话 13600002222
李雷 13600003333 南京市玄武区中山东路1号2栋303室
收件人：韩梅梅 电话：13600004444 地址：成都市锦江区春熙路5号1栋2单元701
开户行 农业银行 户名 王芳 卡号 6228481234567890122
""".strip().splitlines()

EXPOSING = """
曝光这个骗子 电话 13600005555
这是他的电话 13600006666 大家打
他家住上海市闵行区七莘路100号6栋201室
她的手机号 13600007777
群主的电话是 13600008888
骗我钱的人身份证 110101199003071233
人肉一下 15900001111
楼上的号码 13600009999 我存了
那个卖家的地址 广州市天河区体育东路1号3栋502室
这人叫王大强 手机 13600001234
你的电话是 13600004321 吧
不是好人 卡号 6222021234567890128
他的车牌 鲁A88888
把他邮箱挂出来 badguy88@163.com
""".strip().splitlines()


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_numbers_pass(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", PHONES + OTHERS)
def test_ones_own_data_is_taken_back_without_a_strike(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert finding.severity is Severity.LIGHT
    assert not finding.strike


@pytest.mark.parametrize("text", EXPOSING)
def test_exposing_somebody_is_an_offence(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert finding.severity is Severity.MEDIUM
    assert finding.strike


@pytest.mark.parametrize("text", PHONES + OTHERS + EXPOSING)
def test_evidence_names_the_kind_only(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert finding.evidence
    assert not any(character.isdecimal() for piece in finding.evidence for character in piece)


def test_there_are_enough_sentences() -> None:
    assert len(CLEAN) >= 60
    assert len(PHONES + OTHERS + EXPOSING) >= 60


def test_a_mention_with_the_number_behind_it_exposes() -> None:
    at = {"type": "at", "data": {"qq": "610001"}}
    text = {"type": "text", "data": {"text": " 的电话 13600005555"}}
    message = read_message(
        [at, text], message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member"
    )
    finding = shows_personal_data(message)
    assert finding is not None
    assert finding.severity is Severity.MEDIUM


def test_a_pickup_code_counts_only_beside_other_data() -> None:
    assert judged("取件码 5-3-2021") is None
    finding = judged("取件码 5-3-2021 手机 13600005555 帮我拿")
    assert finding is not None
    assert "有取件码" in finding.evidence


@pytest.mark.parametrize(
    "piece",
    ["1", "13800138000 ", "1栋101", "a@b.c", "6222 ", "验证码", "京a1", "1-", "密码a1", "王1"],
)
def test_hostile_text_does_not_stall(piece: str) -> None:
    whole = view((piece * 10_000)[:10_000])
    assert whole.normalised.text
    started = time.perf_counter()
    shows_personal_data(whole)
    assert time.perf_counter() - started < 0.5  # 50 ms on an idle machine
