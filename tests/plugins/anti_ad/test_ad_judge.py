"""The ad judge: what must pass, what must not. All sentences are written for these tests."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from pinbang.moderation.judging import Finding, Severity, decide
from pinbang.moderation.lexicon import load_keys, load_lines
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from plugins.anti_ad import judges
from plugins.anti_ad.judges import advertises
from scripts.make_lexicon_keys import expand, suffices

LEXICON = Path(judges.__file__).parent / "lexicon"


def view(*segments: dict[str, Any] | str) -> MessageView:
    parts = [{"type": "text", "data": {"text": s}} if isinstance(s, str) else s for s in segments]
    return read_message(
        parts, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member"
    )


def judged(*segments: dict[str, Any] | str) -> Finding | None:
    finding = advertises(view(*segments))
    return finding if finding is not None and finding.score >= DEFAULT_THRESHOLD else None


CLEAN = """
【求助】大转盘 还差2人 点一下就行 必回
谁家还有新用户 帮我助力一下 https://p.pinduoduo.com/Qw3rTy8u
谁要洗衣液 我开了个三人团 https://mobile.yangkeduo.com/goods.html?goods_id=600123456789
￥9kLm2Nq8x￥ 我在拼多多抢红包 快来助力
砍价求助 电饭煲 还差0.3元 有没有人帮忙砍一刀
还剩两分钱就能提100块 哪位好心人伸把手
果园互浇 每天一次 有没有稳定的
多多牧场缺两个好友 加我好友互喂 不用下单
新人求助力 点完截图 我马上回点
谁还有次数 帮我点一下 明天还你
一天三次 互相点 有来有往
推金币差3枚 帮我点进去就行
现金大转盘 卡在99.8了 差最后一个人
我今天的次数还有3次 需要的发链接
助力完了 显示已助力 楼上去看看
微信扫一扫也能帮我助力 小程序打开就行
拼单 抽纸 24包 12.9 还差2人 今晚12点前
2楼的我点好啦 轮到你点我的
有人一起拼猫粮吗 3人团 39.9
扫码帮我助力一下 谢谢啦
刚进群 请大家多关照
新人进群先看公告对吧
这个群一天能发几次链接
群里有200人了吧
我微信里没有零钱 用支付宝付的
微信提现要手续费吗
绑定微信就能提现了
京东也有这个活动 https://u.jd.com/AbCdEfG
淘宝同款要贵5块 https://m.tb.cn/h.abc 哦不对 打不开
大家别乱点不认识的链接
有人私聊我说能代砍 是不是骗子
谨防刷单骗局 千万别先交钱
群规说不许加微信 大家注意
刚才那个发兼职的已经举报了
别信什么日结兼职 都是骗人的
我同事被网贷坑惨了
今天兼职下班晚了 现在才看到消息
我妈在超市招聘会上找到工作了
贷款买的车 下个月还完
这家店满59包邮 挺划算
十块钱三双袜子 质量还行
纸巾 10包 19.9 到手 有人拼吗
苹果5斤 12.8 包邮 比超市便宜
百亿补贴的手机 2199 是正品吗
优惠券领了没有 满30减5
店铺券在哪领 找不到
有没有无门槛券 分享一下
领券下单更便宜
客服回复好慢 急死人
订单号 240118-998877665544332 帮我看看
快递单号 SF1234567890123 到哪了
我的手机尾号8899 取件码忘了
商品编号 600123456789 搜这个
开黑房间 66778 缺一个打野
我排到第 1289 位了
充了50话费到账49.8
QQ音乐有人合买年卡吗
B站大会员打折了 https://www.bilibili.com/blackboard/x
看这个视频 https://b23.tv/AbCd12
百度一下就知道 https://www.baidu.com/s?wd=x
反诈中心提醒 https://www.gov.cn/xinwen/
楼上头像是自己画的吗
看你头像像个小姐姐
相册里照片太多了 手机满了
主页怎么改名字
刷牙 洗脸 睡觉 大家晚安
先到先得 昨天没抢到
我也想要免费送的那个杯子
多多买菜的鸡蛋 9.9一板
这个价位 一分钱一分货
一个人拼不成 谁来
差一个人 在线等 急
三人团 差一人
哪里还有新用户 连我爸都注册过了
老用户也可以点吗
提现成功 20元秒到 谢谢大家
今天提现到账了 开心
你们都是哪里人
周五晚上有空吗 一起拼夜宵
早上好 祝大家天天开心
吃了吗 今天吃面
3.5元的袜子和v1.2.3版本都不是链接
加微辣的螺蛳粉 有拼的吗
加群主好友问一下规则
群主在吗 怎么申请入群
有事找管理员 别私聊群主
我加了他微信好友 还没通过
威信很高的老师
卫星地图看到我家了
这裙子显瘦 加裙撑好看吗
企鹅公仔好可爱
赌一把 今天肯定能提现
打赌你点不中
娱乐一下 别当真
游戏里的金币和这个不一样
借我充电宝用用
花呗还了没
信用卡还款日是几号
芝麻分怎么看
利息太高了不划算
代驾多少钱一次
代购的东西靠谱吗
帮我代收一下快递
高仿的别买 质量差
专治各种不服 哈哈
1:1 打平了
自家种的辣椒 今年大丰收
厂家发货好慢
一件衣服穿三年
清仓的鞋还有码吗
多劳多得 今天加班
有手机的都下载国家反诈中心
0基础也能学会包饺子
月入三千 只能拼多多
开发票要找谁
上门安装免费吗
按摩椅好用吗
看电影去吗 19.9的票
带徒弟太累了 我师父说的
我在家带娃 有空都能帮点
红包雨几点开始
发红包吧老板
群公告在哪看
机器人怎么用
签到一下
菜单
助力 1 个
谢谢3号楼的邻居
两道题 接二道还是先写第一道
车队接亲六辆 都是红色的
一类卡和二类卡的限额不一样
去银行换U盾 排了一小时
新手机跑分高但是发热
收到手机卡了 怎么激活
出U形枕记得选充气的
机场大巴比打车划算
家里服务器又断网了 重启就好
梯子借我用一下 换个灯泡
验证码收不到怎么办
查档案要本人带身份证去
开发票要写公司抬头吗
刻章得去备案过的店
毕业证原件千万别弄丢
假币收了一张五十的 气死
看我名字 取得是不是很随便
看名字以为是女生
名片上的名字印错了
薇姐名字真好听
微波炉型号P70D 配件哪里买
窗口2024 1200号请排队
银行卡尾号 5678 扣款三十是房租
到3号门口 2024 0118 场
显卡RTX4060到货了
口罩KN95还剩五个
口红M316很显白
我的游戏uid 100482913
麦片泡牛奶当早餐
药片一天三次 一次两片
睡前看视频看到两点
今天股市大跌 不想看盘
这部片子好看吗 想看片尾彩蛋
牙片拍了 医生要看片子
面膜一片五块 贵不贵
包夜宵吗 加班到十点
丝袜又勾破了
足球袜九块九 儿子踢球穿
奶头被宝宝咬破了怎么办
品茶我不懂 解渴就行
彩金项链断了 金店能接吗
去威尼斯人酒店住过一晚
世界杯决赛谁赢了
小时候最爱玩扫雷游戏
家里做的馒头 大家尝尝
代练是什么意思
外挂太多 已经举报了
官方送的月卡领了吗
出不了门 外面下大雪
收工 回家吃饭
卖完了 最后一份给邻居了
新闻说又抓了一批跑分的
那种昵称里带加号的别通过审核
有人私聊我发看片的链接 我拉黑了
警方提醒 裸聊敲诈要报警
有没有招聘会 想去看看
面试官问薪资 我说面议
股票绿油油 晚饭加个鸡腿
群机器人怎么不回话了
@小明 你的快递到了
短信群发拜年的不用回
我妈炒币亏了三万
合同到期了 房东要涨租
""".strip().splitlines()

ADS = """
加微信 abc12345 领红包
加V：hao88990 备注进群
薇❤芯 zhuan5566 来就送
V❤：ok99887 有惊喜
威信号：money7788
力口彳攵亻言 mai20300
vx：13800001234 全天在线
需要的加 v x kk778899
想要的加薇 jz20003
微·信：yang_6688 秒回
➕卫星号：fuli8866
加🐧12345678
扣扣：22334455 找我
加Q 3344556677 长期有效
想省钱就来🐧裙 781200569
线报群 加群 512333645 手慢无
羊毛福利群 群号：778800123
进裙：66778899 每天红包
扫码进群 每天领福利
扫二维码进福利群 免费送
我们的新家 https://qm.qq.com/q/ZzYyXx12
来飞机群 https://t.me/abcdefg
接代砍 包成功 一百块档收四十
代助力接单 20个 9元 先做后付
代点各种活动 量大从优
卖助力 2元一个 有意的私
专业代助力 秒到 要的私
人工助力 0.5一个 量大从优
高价回收京东E卡 购物卡
收卡券 电影票 咖啡券 价高者得 私我
长期收微信号 老号优先
出售拼多多号 实名的 便宜
低价接码 各平台都有 有意私
卖抖音号 带粉丝 有意私
收购话费卡 油卡 秒结
回收各类礼品卡 e卡回收 秒付
招兼职 每晚两小时 工资日结 加薇 gz66778
打字员 时薪20 在家就可以做
招点赞员 动动手指 日赚80
给视频点赞关注 做一单 3元 做完秒结
童装招代理 零投入 一件代发 宝妈优先
宝妈兼职 在家可做 一天150
挂机赚零花 手机放着就行 日入60
公司诚招带货主播 底薪加提成
副业项目分享 日入300 躺赚
诚招推广团队 日结 量大
电商补单团队 V：bd778899
刷单兼职 日结 加qq 33445566
做任务返佣 真人真号 v：rw556677
补单团队 放心刷 有意私
征信花了也能做 网贷秒下款
借呗强开 黑户也行
无抵押贷款 当天放款 额度5-30万
信用贷款 有公积金就能批 额度30万 加微了解
车辆抵押 小额贷 利息低至4厘 手机微信同号
信用卡代还 花呗套现 秒到
黑户可做 秒下款 额度20万
真人百家乐 注册送38 首存返现
棋牌平台 上下分 加q 55667788
时时彩 幸运飞艇 包赢 带你回血
线上娱乐城 首存送彩金
足球滚球 返水高 v：qiu7788
约炮 同城 上门 全套服务
裸聊 加qq 66778899
成人视频资源群 免费看
外围女 包夜 空降服务
复刻鞋 高仿包 支持验货 有意私
祖传秘方 包治颈椎病 货到付款
微商货源 一手货源 招代理
厂家直销 减肥药 货到付款 要的私
香烟批发 支持验货 全国包邮
顶配1:1手机 899 全国包邮
出售爆粉神器 自动加好友
爆粉引流软件 群控 有意联系
代开发票 各行业都可以
领优惠券 看我主页 进群领红包
红包群 新群开放 来：667788990
优惠券群 满200人不收了 进群领券
返利群 自买省钱 想进的私
加群 ５１２ ３３３ ６４５ 返利
加\u200b微\u200b信\u200b abc88990
加薇信 qian_2000
徽信：hello8899
葳芯 wx20003344
佳薇 jz887766
加 w e i x i n hello2000
vx➕ abc20003
🅥🅧 abc20003
𝐯𝐱 𝐚𝐛𝐜𝟐𝟎𝟎𝟎
ＶＸ：ｈｅｌｌｏ２０００
加微信 一三八零零零零一二三四
群号 ７７８８００１２３
加群 柒柒捌捌零零壹贰叁
加群①②③④⑤⑥⑦⑧
加群1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣
加君羊 778800123
福利裙 667788990
高.价.回.收 购物卡 油卡
招💰兼🌹职 工🔥资日💰结
接^代^砍^ 包^成^功^ 先^砍^后^付
長期接代砍 包成功 先砍後付
網貸強開 不看徵信 秒下款
祖傳秘方 包治百病 貨到付款
招兼職 日結工資 在家就能做
https://pinduodou.com/hb 领100元现金
领现金 www.pinduoduo-hb.top
拼多多福利 http://yangkedou.com/x
提现通道 https://pinduoduo.com@evil.top/x
私聊我 代砍 5元一个 http://abc123.icu/x
兼职日结 详情点 dwz.cn/AbC123
贷款秒批 http://t.cn/AbC123
助力群 扫码进群 互助必回
互助的加微信 help2000 天天互点
帮我助力 加我薇 abc20003 给红包
转盘缺人 代点接单 量大从优
想了解的加v tt5200
免费送手机壳 扫码领取 加微信
想赚钱的看我主页 日入500
包成功 代砍 有意的私
新人福利 加企鹅 20003344 领红包
卖片 三块一部 要的私
看片的加我 一次付费
片都有 看我名字加q
名字家口 看妹妹
看姐姐名字+喂
想看的看名加扣
C名字 买片
5510 3728 口
66190273蔻水
2093 55180 寇我发
40177 Q 55218
桃 KMD771薇
诗诗 RBA552 ☎☎☎
QKT723 卖片
雪薇 w2750038
企-鹅 551092837
2◉48 7723 妹妹
138 0000 2271 ❤
嶶 55019273 聊
萝莉资源 懂的加我
无码高清 每天更新 要的私
同城少妇上门 满意付款
楼凤信息 全套包夜 看图选
大秀直播 裸聊加v
迷药 听话水 货到付款
日批视频 想看的加我
出u 实时汇率 稳
黑U白U都收 秒回
收一类卡 盾卡 价格美丽
车队接料 可担保 点位高
收四件套 u结
跑分平台招人 不押 日结
接一道二道资金 自有卡
股民粉 一手 量大从优
出一手网贷数据 先测后付
查档 开房记录 秒出
USDT承兑商 当面 量大
菲律宾招客服 包机票 高薪
tg群发 拉人 上粉 自动私信
代开电报会员 特价
飞机号批发 协议号
苹果超级签 稳定不掉签
百度快排 灰词排名
接码平台 稳定 一毛起
socks5代理ip 便宜 招代理
机场节点 月付8元 试用
小号批发 微信老号出售
代开增值税发票 点低 验后付
办理各类文凭 刻章 证件 电话15500001111
高仿钞 仿真币 支持验货
出vape v4 100r
出几个小号 要的滴
内部配置 绕过反作弊 永久更新
外部群 551829037
传奇私服 今日开区 上线送vip
代练接单 上王者 价格优惠
收徒 包教 学费500
主播粉丝群 55182903 进群有福利
百倍币 今晚开盘 进群梭哈
合约带单 老师喊单 胜率准
币安注册 返佣 邀请码链接
世界杯投注站 开户首充送彩金
扫雷群 上下分 秒到
一肖中特 三中三 内部料
PG电子 注册送体验金
想赚钱的来 日入3000 懂的加我
好项目 无风险 懂的来
骗子勿扰 实力老板来聊 @abcdef88
有偿帮砍 专接果园浇水 包成功 量大从优
助力号一大把 便宜 要的私
色站 点击 www.kkav77.top 免费看片
""".strip().splitlines()


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_messages_pass(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", ADS)
def test_ads_are_caught(text: str) -> None:
    finding = judged(text.replace("\\u200b", "\u200b"))
    assert finding is not None
    assert finding.evidence
    assert not any(character.isdecimal() for piece in finding.evidence for character in piece)


def test_there_are_enough_sentences() -> None:
    assert len(CLEAN) >= 120
    assert len(ADS) >= 120


def card(app: str, prompt: str, **detail: str) -> dict[str, Any]:
    body = {"app": app, "prompt": prompt, "meta": {"contact": detail}}
    return {"type": "json", "data": {"data": json.dumps(body)}}


def test_group_card_is_an_ad_and_a_person_card_alone_is_not() -> None:
    group = judged(card("com.tencent.troopsharecard", "推荐群聊: 省钱群"))
    person = card("com.tencent.contact.lua", "推荐联系人：小红", tag="推荐好友")
    assert group is not None
    assert group.label == "站外引流"
    assert judged(person) is None
    assert judged("专业代砍 要的私", person) is not None


def test_pinduoduo_card_passes() -> None:
    detail = {"title": "拼多多", "url": "https://mobile.yangkeduo.com/goods2.html?ps=x"}
    assert judged(card("com.tencent.miniapp_01", "[QQ小程序]拼多多", **detail)) is None


def test_severity_grows_with_harm_and_reachability() -> None:
    def severity(text: str) -> Severity:
        finding = judged(text)
        assert finding is not None
        return finding.severity

    assert severity("加微信 abc12345") is Severity.LIGHT
    assert severity("点赞员 一个赞1元 日结") is Severity.LIGHT
    assert severity("点赞员 一个赞1元 日结 加微信 abc12345") is Severity.MEDIUM
    assert severity("真人百家乐 首存送彩金 注册送38") is Severity.MEDIUM
    assert severity("真人百家乐 首存送彩金 加qq 55667788") is Severity.SEVERE
    assert severity("收一类卡 盾卡 价格美丽") is Severity.LIGHT
    assert severity("收一类卡 盾卡 价格美丽 加qq 55667788") is Severity.MEDIUM


@pytest.mark.parametrize(
    "offer", ["卖片 三块一部 无码高清 裸聊", "时时彩 幸运飞艇 首存送彩金", "楼凤 包夜 约炮"]
)
def test_severe_needs_an_offer_and_where_to_turn_to(offer: str) -> None:
    def decided(text: str) -> Severity:
        finding = judged(text)
        assert finding is not None
        decision = decide([finding], threshold=DEFAULT_THRESHOLD)
        assert decision is not None
        return decision.finding.severity

    assert decided(offer) is Severity.MEDIUM
    assert decided(f"{offer} 加qq 55667788") is Severity.SEVERE
    assert decided(f"{offer} https://t.me/abcdefg") is Severity.SEVERE


def test_words_of_one_kind_are_one_ground() -> None:
    finding = judged("卖片 无码高清 大秀直播加我 楼凤包夜")
    assert finding is not None
    assert finding.independent == 1


def test_a_place_somebody_mentions_is_no_severe_offence() -> None:
    finding = judged("去澳门威尼斯人酒店 拼房加我微信 abc12345")
    assert finding is not None
    assert finding.severity < Severity.SEVERE


def test_warnings_about_dirty_offers_pass() -> None:
    assert judged("群里那个卖片的是骗子 大家举报") is None
    assert judged("有人私聊我收一类卡 别信 这是帮信罪") is None
    assert judged("管理 有个发色情广告的 踢一下") is None


KEYED = [path.stem for path in sorted((LEXICON / "keys").glob("*.txt"))]


@pytest.mark.parametrize("name", KEYED)
def test_the_keys_overlook_nothing(name: str) -> None:
    # After changing a lexicon: python scripts/make_lexicon_keys.py plugins/anti_ad/lexicon
    names = dict(line.split("=", 1) for line in load_lines(LEXICON / "names.txt"))
    keys = load_keys(LEXICON / "keys" / f"{name}.txt")
    for line in load_lines(LEXICON / f"{name}.txt"):
        assert suffices(expand(line, names), keys), line


def test_contact_in_markdown_is_seen() -> None:
    assert judged({"type": "markdown", "data": {"content": "加微信 abc12345"}}) is not None


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "加v x", "一单1", "群 1 ", "http://a.", "扫码", "代砍", "。点", "5510 3728 ", "a1"),
        *("看名", "出u", "fta675 ", "片", "口", "扣", "@abcdef ", "1381234 5678", "车队", "需要"),
        *("12+", "企", "1com", "世界杯", "懂的来", "收 ", "加我 ", "？", "吗 ", "发票"),
    ],
)
def test_hostile_text_does_not_stall(piece: str) -> None:
    whole = view((piece * 10_000)[:10_000])
    assert whole.normalised.text
    assert isinstance(whole.links, tuple)
    advertises(view("这一句只为先把模型读进来"))
    started = time.process_time()
    advertises(whole)
    assert time.process_time() - started < 0.5  # measured 0.02 s; the rest is for slow machines
