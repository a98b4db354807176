"""The civility judge: what must pass, what must not. All sentences are written for these tests."""

from pathlib import Path
from typing import Any

import pytest

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.lexicon import load_keys, load_lines
from pinbang.moderation.reading import read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from plugins.civility import judges
from plugins.civility.judges import is_uncivil
from scripts.make_lexicon_keys import suffices

LEXICON = Path(judges.__file__).parent / "lexicon"


def judged(text: str, *segments: dict[str, Any]) -> Finding | None:
    message = read_message(
        [*segments, {"type": "text", "data": {"text": text}}],
        message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member",
    )  # fmt: skip
    finding = is_uncivil(message)
    return finding if finding is not None and finding.score >= DEFAULT_THRESHOLD else None


CLEAN = """
卧槽 两块钱包邮
牛逼 三个人就提了
666 大佬厉害
我真是个傻子 又点错了
我太蠢了 链接发错群
我就是个废物 连转盘都转不中
自己是猪吗 居然忘了提现
傻瓜相机多少钱
露营要带几把椅子
买几把玩具枪给娃
群里别骂人 有话慢慢讲
他骂我傻逼 管理员管管
刚才有人说我是废物
举报 2楼骂人 说我脑残
“滚”这个词会被禁言吗
傻逼是什么意思 为什么会被禁言
蠢狗又把拖鞋叼走了
这破手机真垃圾
垃圾分类要拼垃圾袋吗
垃圾桶 9.9 三个
傻不傻呀你 哈哈 活动昨天就结束了
你个小笨蛋 哈哈哈
死鬼 你才回来呀 😂
去死皮用什么搓
笑死我了
累死了 点了一天
热死了今天
气死我了 就差一步
差点吓死你吧哈哈
usb 数据线 3.9
sbs 电视台的剧
ssb 是什么接口
nmn 保健品靠谱吗
2b铅笔有拼的吗
多谢他妈妈 帮我凑齐了
你妈妈也来助力吗
你妈在家吗 请她也来凑个人头
妈的手艺真好
我妈的手机是新用户
操场边上集合
体操比赛真好看
操作一下就行
草莓5斤19.9
干你这行累不累
日用品拼单
曹操到了
马上到你家
滚筒洗衣机 899
滚动条在哪
雪球越滚越大
屎壳郎科普
神经病学专家
精神病院怎么走
有病就去看医生 别拖
我有病 天天熬夜点转盘
脑残粉是什么梗
脑瘫患儿救助活动
智障人士也能参加吗
废物利用做花盆
废物回收多少钱一斤
变态辣的鸡翅
贱卖二手车
犯罪分子被抓了
狗粮 5斤装
我家狗东一口西一口
单身狗路过
热狗好吃
王八汤大补
乌龟养多久了
畜牧业
杂种水稻怎么种
绿茶 两罐
婊带鱼 写错了 是表带
鸡巴掌大的地方 不 是巴掌
人渣这部电影好看吗
白嫖一张券 开心
薅羊毛快乐
占便宜的快乐你不懂
拼多多爱占我便宜
你的智商税交了没
这智商测试挺准
你脑子转得真快
你这样子像极了我家娃
长得像猪一样可爱
猪头肉 15一斤
猪猪侠
小猪佩奇
会打字的猪猪表情包
河南人路过
四川人爱吃辣
东北人真热情
女的穿这个好看
男的也能点吗
老人机能助力吗
胖子专用大码T恤
黑人牙膏 两支
闭嘴哈哈 别剧透
讨厌 又没抽中
烦死了 客服不理我
无语了 差0.01
坑爹的规则
坑死了 永远差一分
什么鬼
见鬼了
我去 还能这样
妈呀 中了
天哪
我勒个去
你大爷在家吗 我去看他
你妹妹也是新用户吗
他爹帮我点了
孙子放学了 让他点
亚细亚的孤儿真好听
死机了 重启一下
打死我也不信
打死蚊子了
杀价高手
砍死我算了 还差0.01
往死里砍价
全家便利店
祝全家幸福
你全家都点一下呗 谢谢
爱你们
谢谢大佬
草泥马是羊驼 动物园见过
臭不要脸求一刀
不要脸 我又来求助力了
乡巴佬鸡蛋两块五一个
白痴级教程有没有
智障客服听不懂人话
智障机器人只会说亲亲
弱智吧的段子真好笑
脑残式下单 看到就买
脑瘫女孩写的诗真好
骑🐎去了
你🐎上到吗
给娃买个🐴玩具
🐶粮到了
炖🐔汤
nc 系列接口 有人用过吗
智齿发炎了 智z打错了
嘴真甜呀你
跪下来系鞋带
没🐎达没法转 玩具坏了
吃💩的是屎壳郎
一坨泥巴
你原地等我
妈妈说我长得丑 哈哈
""".strip().splitlines()

UNCIVIL = """
傻逼
你个傻逼
煞笔东西
傻 逼 群主
傻*逼
沙比玩意 滚
傻X 会不会点
sb群主
你就是个sb
s.b东西
nmsl
cnm
你他妈nmsl
cnmd 骗子
草泥马
我草泥马
操你妈
艹你妈的
肏你妈
日你妈
操你全家
你妈死了
你妈炸了
死全家
全家死光
全家升天吧
狗娘养的
婊子养的东西
妈了个逼
妈卖批
你妈逼
马勒戈壁
去死吧
你怎么不去死
你去死
不得好死
断子绝孙
祝你出门被车撞死
诅咒你破产
你这种小气鬼活该没人理
信不信老子弄死你
脑残玩意
你是脑残吗
弱智 看不懂人话
你这个智障
白痴 你会不会看说明
脑子进水了吧你
你脑子有病吧
你有病吧 神经病
神经病啊
废物 这点事都办不好
你个废物
一群废物
垃圾群主
你真是垃圾
垃圾东西 滚
贱人
你这个贱货
下贱
死贱人
婊子
绿茶婊 死绿茶婊
骚货
破鞋东西 破鞋一个
狗东西
狗杂种
狗日的
狗逼
疯狗
你就是一条狗
王八蛋
王八羔子
龟儿子
兔崽子
畜生
你们这群畜生
杂种
人渣
败类
禽兽不如
死胖子
死肥猪
死娘炮
丑逼
穷逼
一群乡巴佬
土逼
滚
滚出去
滚蛋
给我滚
你给我滚
滚你妈的
赶紧滚远点
不要脸的东西
臭不要脸
真不要脸的玩意
你这脑子也就配抬杠
你也配
你不配当群主
像你这种垃圾
像你这种货色 别丢人了
狗都不如你
猪都比你聪明 你就是猪
你就是头猪
出来卖的
你是出来卖的吧
给钱就上的货
没教养
没家教的东西
有娘生没娘教
河南人都是骗子
温州人都是骗子
外地人都是小偷
女司机就是蠢
女人都是拜金 真下头
黑鬼
死残废
死同性恋
她得了性病 别理她
群主吃回扣 没一个好东西
群主跟骗子一伙的
长得跟鬼似的 还出来吓人
狗嘴吐不出象牙
白嫖怪 你要不要脸
你个穷鬼 滚
闭嘴 你个傻子
你放屁 骗子东西 不要脸
傻\u200b逼
傻‍逼
儍逼
傻屄
ＳＢ群主
𝐧𝐦𝐬𝐥
n m s l
你 妈 死 了
操.你.妈
廢物東西
腦殘
賤人
你真垃圾
你太恶心了
你们好下贱
群主真贱
煞笔玩意
傻13
脑c吧
脑can东西
nao残
弱zhi
s b 滚
dsb
你这畜牲
小崽种
辣鸡群主
🐶东西
傻🐶
🐷脑子
你🐴没了
操你🐎
没🐎的东西
你有四个🐎吗
你几个妈啊 这么飘
去拼个妈再来说话
cao ni ma
caonima
ni ma si le
sha bi 东西
nao can
满嘴喷粪
你就是一坨屎
不要逼脸
你全家骨灰都扬了
给你烧纸
你坟头草三米高
你怎么还没死
早日升天吧你
祝你不孕不育
你小时候是不是被猪亲过
你脑子里全是屎
你嘴怎么这么臭
你妈没教过你说话吗
跪下给爷道歉
蝈蝻
婚驴
你户口本就你一页吧
""".strip().splitlines()


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_messages_pass(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", UNCIVIL)
def test_insults_are_caught(text: str) -> None:
    finding = judged(text.replace("\\u200b", "\u200b"))
    assert finding is not None
    assert finding.evidence


def test_there_are_enough_sentences() -> None:
    assert len(CLEAN) >= 120
    assert len(UNCIVIL) >= 120


def test_milder_words_need_somebody_they_are_aimed_at() -> None:
    at = {"type": "at", "data": {"qq": "77"}}
    assert judged("爱占便宜") is None
    assert judged("他就是爱占便宜 没素质") is not None
    assert judged("闭嘴 没素质") is None
    finding = judged("傻逼", at)
    alone = judged("傻逼")
    assert finding is not None
    assert alone is not None
    assert finding.score > alone.score


def test_severity() -> None:
    def severity(text: str) -> Severity:
        finding = judged(text)
        assert finding is not None
        return finding.severity

    assert severity("傻逼") is Severity.LIGHT
    assert severity("你个傻逼") is Severity.MEDIUM
    assert severity("你妈死了") is Severity.SEVERE


def test_what_rests_on_tone_alone_is_mild() -> None:
    finding = judged("那个地方出来的人没一个好东西，全是小偷，见一个就该赶走一个")
    assert finding is not None
    assert finding.label == "言语攻击"
    assert finding.mild or judges.reads_plainly(
        "那个地方出来的人没一个好东西,全是小偷,见一个就该赶走一个", "abuse"
    )


@pytest.mark.parametrize("text", ["你个傻逼", "操你妈", "你真垃圾", "滚"])
def test_known_insults_are_never_mild(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert not finding.mild


@pytest.mark.parametrize("name", [path.stem for path in sorted((LEXICON / "keys").glob("*.txt"))])
def test_the_keys_overlook_nothing(name: str) -> None:
    # After changing a lexicon: python scripts/make_lexicon_keys.py plugins/civility/lexicon
    keys = load_keys(LEXICON / "keys" / f"{name}.txt")
    for line in load_lines(LEXICON / f"{name}.txt"):
        assert suffices(line, keys), line


def test_evidence_never_quotes() -> None:
    finding = judged("你个傻逼 操你妈")
    assert finding is not None
    assert not any("傻" in piece or "操" in piece for piece in finding.evidence)


@pytest.mark.parametrize("piece", ["你妈", "我真", "人就是", "傻 ", "你", "滚", "像你这"])
def test_hostile_text_does_not_stall(piece: str) -> None:
    judged((piece * 10_000)[:10_000])
