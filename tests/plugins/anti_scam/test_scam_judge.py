"""The scam judge: what must pass, what must not. All sentences are written for these tests."""

import time
from pathlib import Path
from typing import Any

import pytest

from pinbang.moderation.judging import Finding, Severity, decide
from pinbang.moderation.lexicon import load_keys, load_lines
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from plugins.anti_scam.judges import swindles
from scripts.make_lexicon_keys import expand, suffices

LEXICON = Path(__file__).parents[3] / "plugins" / "anti_scam" / "lexicon"


def view(*segments: dict[str, Any] | str) -> MessageView:
    parts = [{"type": "text", "data": {"text": s}} if isinstance(s, str) else s for s in segments]
    return read_message(
        parts, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member"
    )


def judged(text: str) -> Finding | None:
    finding = swindles(view(text))
    return finding if finding is not None and finding.score >= DEFAULT_THRESHOLD else None


CLEAN = """
求助 现金大转盘还差1人 点一下就好 必回
提现还差0.5 卡住了 谁帮我点点
微信提现要收手续费吗
提现手续费是千分之一吧
这个保证金是商家交的吧 我们买家不用管
租房押金房东不退怎么办
双11预售要先付定金再付尾款 别忘了
定金膨胀是不是最划算
客服让我等三天再退款
退款到账了 走的原路
快递丢了 客服说赔我50
快递破损 理赔要拍照上传
运费险自动赔付了8块
我的号被冻结了 有人遇到过吗
支付宝突然让我重新实名 正常吗
银行卡快到期了 要去换一张
积分快过期了 换了个垃圾袋
拼多多积分能换什么
验证码一直收不到 烦死了
图片验证码太难了 点了五次
有人问我要验证码 能给吗
千万别把验证码告诉别人
大家注意 最近有冒充客服退款的
今天接到一个电话说我涉嫌洗钱 我直接挂了
我妈差点被刷单的骗了 幸好没转钱
刷单都是骗人的 别信
反诈民警来小区宣传了 让下载反诈APP
有人让我共享屏幕 这是骗子吧
那个发100返200的是骗子 已经举报
群里谁被骗过 分享一下经验
新闻里说有老人被冒充公检法骗了二十万
这平台靠谱吗 说充值就返利
邻居投资理财亏了好几万
股票又跌了 心痛
基金定投三年了还是亏
今天发工资了 请大家喝奶茶
红包雨几点开始
抢到一个8毛的红包 哈哈
发个红包意思意思
给我妈转账转错人了 能追回来吗
借我一下你的链接 我再点一次
小号助力还能用吗
我大号次数用完了 用小号给你点
借你吉言
下载拼多多就能助力 不用下单
新用户要下载APP才算数
这个软件怎么更新不了
远程办公一周了 不想去公司
腾讯会议卡得要命
同学聚会的照片发我看看
中奖了 抽到一包纸巾
抽奖从来没中过
恭喜楼上提现成功
恭喜恭喜 终于砍到了
免费试用要写评价 麻烦
多多果园免费领水果 还差两次浇水
领导又在群里发通知了
我表哥换手机号了 我存一下
公安局门口那家面馆好吃
身份证过期了 去派出所补办
贷款买房压力大 只能省着花
花呗这个月还完了
做任务领现金 每天签到三毛
任务还差一个 谁帮我完成一下
砍价免费拿 还差0.01
代理商那边说没货了
先付款再发货 正常流程
到付的快递要给快递员钱
这家店先用后付 可以
退货要自己先垫运费 之后再补
二维码扫不出来 换个链接
扫码帮我助力 谢谢大家
客服400电话打不通
您好 请问这个怎么退
麻烦您帮我点一下 谢谢
账号登不上了 要重新登录
微信转给我吧 我给你带一份
房租打过去了 阿姨您查一下
定金付过了 周末去提车
不走平台的我都不敢买
卖相机 支持当面验货 走平台
手机跑分多少才算正常
这手机跑分80万
好的 我再转两百给你
退款给您同意了 钱原路退回
亲 运费您先垫一下 退货签收后补给您
不好意思亲 有问题您联系客服 我们给您换
关闭代理软件再刷新页面
代理费多少钱 有合同吗
我表姐做面膜代理 压了一屋子货
什么资本运作 就是拉人头 别听他的
同学喊我去考察项目 我妈不让去
食堂要五十斤大米 明早送到 月底结
学校要订校服 三家比价
警方破获一个刷单团伙 抓了十几个人
受害人按对方要求转了三次账
我收到一条短信说银行卡失效 怎么处理
您的机票已出票 请提前两小时到机场
您尾号6621的卡收入工资5200元
您的快递已放驿站 凭取件码取
老师带了三届毕业班 你放心
这个月收益还行 基金涨了一点
你有没有兴趣周末一起爬山
恭喜你抽到三等奖 到服务台领雨伞
换手机号了 以后打这个
妈 我换号了 旧的别打了
""".strip().splitlines()

SCAMS = """
招刷单员 垫付本金 每单返佣 做完立结
手工单做完了吗 接下来做垫付任务 佣金翻倍返还
点赞关注一个2元 做满五单升级高佣任务
抢单平台内测 充300返420 秒提
今天福利单 充1000返1380 只有5个名额
体验单先垫99 完成返佣30 本金一起退
任务单操作失误 需要补单才能提现
你的佣金冻结了 再做三联单才能一起提现
先交200保证金 给你分配订单 随时退
加入要先付押金300 后面全额退还
激活费68 交了马上给你开通 系统自动返还
你的奖金到账需要先缴纳个人所得税
提现要先交手续费500 交完秒到
账户资金被冻结 请转等额解冻金
只需支付邮费39 免费领手机一部 名额有限
把你收到的验证码发我一下 帮你开通会员
验证码告诉我就行 我帮你操作退款
麻烦把短信验证码和银行卡号发给客服
提供一下您的身份证号和银行卡密码 方便退款
身份证正反面拍给我 还有银行卡 核实一下
我是拼多多客服 您的商品有质量问题 三倍理赔请加我
您好 这里是快递公司 您的包裹丢失了 给您办理理赔 请加理赔专员
这边是支付宝客服 您误开通了百万保障 不取消每月扣费
京东客服 需要帮您注销白条 否则影响您的征信
尊敬的用户 您的退款失败 请点击链接填写银行卡
来 打开屏幕共享 我教您退款 放心操作
下载会议软件 加入会议室 共享一下屏幕 我指导您操作
用向日葵远程协助 我帮您处理理赔
请您安装这个APP 注册后就可以申请放款
下载我们的软件 注册充值就有收益
租微信号 一天80 日结 实名的来
出租银行卡 一张500 用三天
收银行卡四件套 高价
借用你的支付宝收款 走一笔账给你200
微信解封辅助 一单30元 秒结
跑分项目 有卡就行 日入过千
发100返200 发200返400 现在开始
粉丝福利 红包翻倍返现 转188返888
扫码支付50返100 限前十名
先发我红包 马上双倍返你
老师带单 稳赚不赔 跟着买就行
内部荐股群 每天一只涨停股 免费进
年化收益36% 保本保息 随时可以提现
投资平台内测 投1000每天收益80 十天回本
虚拟货币行情好 导师带你操作 收益翻倍
我这里是市公安局 您涉嫌洗钱案 请配合调查 不要告诉任何人
你好 我是民警 你的身份证被人冒用办了银行卡 把资金转到安全账户
检察院通知 您名下账户涉案 需要资金清查 请转入指定账户
社保局工作人员提醒 您的医保卡异常将停用 请您提供银行卡信息
我是你表姐 手机丢了换号了 急用钱 先转我3000 明天还你
小王 我是领导 你先帮我垫付一下 我在开会不方便 回头转你
妈 我换号了 学校报名培训要交材料费 你把钱转给老师
爸 我手机坏了借同学的 帮我转2000 急用 晚上还你
尊敬的客户 您的手机银行将于今日失效 请登录 m.xkqjd.top 激活
您的积分已满 可兑换现金298元 请登录 wap.jfdh8.cc 领取 逾期清零
您的ETC已停用 请点击链接重新认证 http://etc-rz.top/a
您的信用卡可提升额度 请点击 www.te-98k.cc 办理
恭喜您被抽中为幸运用户 获得笔记本一台 请点击 xyyh.top 领取
您已被节目组抽选为场外幸运观众 请登录领取奖金
0元领茅台 先交100保证金 收货后退
贷款审批通过 卡号填错资金被冻结 请缴纳解冻金
帮你包装流水下款 先交认证金 放款后一并退还
低息贷款秒到账 下载APP申请 放款前需要验证流水
请您将卡内余额转到我们的安全账户 核实后全额返还
先转账到指定账户 完成后截图发我
航班因故障取消 请联系专线办理改签退票 补偿300元
https://pinduodou.com/hb 点击领取现金
拼多多返现 http://yangkedou.com/x
刷單返利 垫付本金 每單返佣 日结
验 证 码 发 给 我 帮 你 退 款
发１００返２００ 马上开始
平台抽成太高 加微信直接转账我给你便宜五十
先付定金过来 我马上打包发货 不走平台
付款失败了 您的账户没交消保 点我发的链接交保证金
包裹被海关扣了 您先交关税 到手就退给您
投资理财项目 收益非常可观 你有兴趣可以先投一千试试
继续加大投入 收益会更高 赚更多 平台随时可以提现
充值成功后就可以开始下注 跟着我的节奏买
这个彩票平台有内部消息 充值就能赚钱
虚拟币马上上涨 现在买入 导师带你操作
发展三个下线就能回本 升级总代躺着赚
拿货三万元升级省代 卖不完公司原价回收
资本运作 静态收益稳定 推荐两个人有提成 升级合伙人 先交入会费
我是部队后勤的 订八十份盒饭 另外请你帮我们代购一批自热罐头 先垫付
学校食堂采购员 需要订大米五十袋 另外帮我们代买一批床垫 你先垫付给供货商
我是房东 换了新卡 房租转到我爱人这张卡 工行
转账完成后截图发我 再转5000才能解冻
您的包裹丢失 请添加理赔专员办理退款 需要屏幕共享
""".strip().splitlines()


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_messages_warnings_and_questions_pass(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", SCAMS)
def test_scams_are_caught(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert finding.evidence
    assert not any(character.isdecimal() for piece in finding.evidence for character in piece)


def test_there_are_enough_sentences() -> None:
    assert len(CLEAN) >= 60
    assert len(SCAMS) >= 60


def severity(text: str) -> Severity:
    finding = judged(text)
    assert finding is not None
    decision = decide([finding], threshold=DEFAULT_THRESHOLD)
    assert decision is not None
    return decision.finding.severity


def test_severe_only_with_money_or_phishing_on_two_pieces_of_evidence() -> None:
    assert severity("我这里是公安局 您涉嫌洗钱 请把钱转到安全账户 屏幕共享") is Severity.SEVERE
    assert severity("先交保证金300 刷单返佣 做任务垫付") is Severity.SEVERE
    assert severity("发100返200") is Severity.MEDIUM
    assert severity("微信解封辅助 一单30元 秒结") is Severity.MEDIUM
    assert severity("我是客服 把收到的验证码发给我 给您退款") is Severity.SEVERE


@pytest.mark.parametrize(
    "text",
    [
        "先交代理费 代理费交了才发货 代理费可退",
        "刷单返佣 垫付任务 高佣任务 补单",
        "投资理财 收益可观 保本保息 稳赚不赔 本金 利润",
        "尊敬的用户 您的账户将被冻结 您的积分即将清零 您的银行卡异常",
    ],
)
def test_several_words_of_one_sign_are_one_piece_of_evidence(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert finding.severity is not Severity.SEVERE
    assert finding.independent < 2


def test_a_false_link_with_a_demand_is_two_pieces_of_evidence() -> None:
    assert severity("https://pinduodou.com/hb 输入验证码发给我领取") is Severity.SEVERE
    assert severity("https://pinduodou.com/hb") is Severity.MEDIUM


def test_a_reply_to_a_swindler_is_no_swindle() -> None:
    assert judged("好的 我已经把钱转过去了 你什么时候退我") is None
    assert judged("他让我先交保证金 我没理") is None


SIGNS = [path.stem for path in sorted((LEXICON / "keys").glob("*.txt"))]


@pytest.mark.parametrize("name", SIGNS)
def test_the_keys_overlook_nothing(name: str) -> None:
    # After changing a lexicon: python scripts/make_lexicon_keys.py plugins/anti_scam/lexicon
    names = dict(line.split("=", 1) for line in load_lines(LEXICON / "names.txt"))
    keys = load_keys(LEXICON / "keys" / f"{name}.txt")
    for line in load_lines(LEXICON / f"{name}.txt"):
        assert suffices(expand(line, names), keys), line


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "我是你领导，", "转账", "先交", "您的账户", "尊敬的", "充1", "被打伤", "验证码"),
        *("请您", "部队订", "学校采购", "拉下线", "拿货1万", "转给", "付款", "好的我", "不走平台"),
        *("赚更多", "第一笔", "平台赚", "您好", "海关", "定金"),
    ],
)
def test_hostile_text_does_not_stall(piece: str) -> None:
    whole = view((piece * 10_000)[:10_000])
    assert whole.normalised.text
    started = time.perf_counter()
    swindles(whole)
    assert time.perf_counter() - started < 0.5  # 50 ms on an idle machine
