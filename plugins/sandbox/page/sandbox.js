"use strict";

/* Everything people wrote is put in with textContent; nothing here builds HTML from text. */

const by = (id) => document.getElementById(id);
const ROLES = { owner: "群主", admin: "管理员", member: "成员", outside: "不在群里" };
const STATES = { pending: "待处理", approved: "已通过", rejected: "已拒绝" };
const OUTCOMES = { waiting: "等待回答", ok: "成功", failed: "失败" };
const HUES = 7;
const LONG = 400;
const NEAR_END = 80;
const RETRY_MS = 2000;

const INSIDE = [
  ["求助", () => say("/求助 还差2人砍一刀 今晚23:59前 https://p.pinduoduo.com/AbCd1234")],
  ["接单", () => say(`接 ${lastNumber(/求助 (\d+) 号已登记/)}`)],
  ["已帮", () => say(`已帮 ${lastNumber(/求助 (\d+) 号已登记/)}`)],
  ["确认", () => say(`确认 ${lastNumber(/求助 (\d+) 号已登记/)}`)],
  ["发广告", () => say("专业代砍，加v❤：abc123456，另招日结兼职")],
  ["骂人", () => say("你就是个傻逼，滚出去")],
  ["群名片卡片（广告）", () => act({ action: "card", card: "group" })],
  ["拼多多小程序卡片", () => act({ action: "card", card: "mini_program" })],
  ["/帮助", () => say("/帮助")],
  ["/互助", () => say("/互助")],
  ["/审核", () => say("/审核")],
  ["为什么", () => say(`/为什么 ${lastNumber(/编号 (\d+)/)}`)],
  ["一万个字", () => say("字".repeat(10000))],
  ["退群", () => act({ action: "leave" })],
];
const OUTSIDE = [
  ["申请入群：愿意", () => act({ action: "ask_to_join", answer: "愿意遵守群规" })],
  ["申请入群：不愿意", () => act({ action: "ask_to_join", answer: "不愿意" })],
  ["申请入群：看情况", () => act({ action: "ask_to_join", answer: "看情况吧" })],
];

const hints = { talk: by("talk").firstElementChild, calls: by("calls").firstElementChild };
const lines = new Map(); // key -> the line as last told
const drawn = new Map(); // key -> its element
let group = { people: [] };
let run = "";
let number = 0;
let me = 0;
let toldAt = 0;
let quoted = null;
let busy = false;
let following = true; // whether the end of the talk is in sight

/* ---- small tools ---- */

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function button(className, text, onClick) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

function avatar(person) {
  const hue = person.bot ? "hue-bot" : `hue${person.id % HUES}`;
  const element = make("span", `avatar ${hue}`, person.initial);
  element.setAttribute("aria-hidden", "true");
  return element;
}

function clock(seconds) {
  const then = new Date(seconds * 1000);
  return `${String(then.getHours()).padStart(2, "0")}:${String(then.getMinutes()).padStart(2, "0")}`;
}

function remaining(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return `${days} 天 ${hours} 小时`;
  if (hours) return `${hours} 小时 ${minutes} 分`;
  return minutes ? `${minutes} 分 ${String(Math.floor(seconds) % 60).padStart(2, "0")} 秒` : `${Math.ceil(seconds)} 秒`;
}

/* The same as short as it fits under an avatar. */
function ticking(seconds) {
  if (seconds >= 86400) return `${Math.floor(seconds / 86400)} 天`;
  const whole = Math.ceil(seconds);
  const two = (amount) => String(amount % 60).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:${two(Math.floor(whole / 60))}` : Math.floor(whole / 60)}:${two(whole)}`;
}

const self = () => group.people.find((person) => person.id === me);
const manages = (person) => person && (person.role === "owner" || person.role === "admin");

function mutedFor(person) {
  return Math.max(0, person.muted - (performance.now() - toldAt) / 1000);
}

function lastNumber(pattern) {
  let found = "1";
  for (const line of lines.values()) {
    const match = line.kind === "message" && line.sender.bot && pattern.exec(line.text);
    if (match) found = match[1];
  }
  return found;
}

/* ---- doing ---- */

async function post(deed) {
  const answer = await fetch("/sandbox/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(deed),
  });
  const facts = await answer.json();
  if (!answer.ok) throw new Error(facts.error || "没有成功");
  return facts;
}

async function attempt(deed) {
  complain("");
  try {
    return await post(deed);
  } catch (error) {
    complain(error instanceof TypeError ? "连不上机器人，它可能已经停止" : error.message);
    return null;
  }
}

const act = (deed) => attempt({ ...deed, as: me });

async function say(text) {
  const deed = { action: "say", text, private: by("private").checked };
  if (quoted && !deed.private) deed.reply_to = quoted.message_id;
  const done = await act(deed);
  if (done) {
    quote(null);
    scrollToEnd();
  }
  return done;
}

function complain(words) {
  by("trouble").textContent = words;
  by("trouble").hidden = !words;
}

function quote(line) {
  quoted = line;
  by("quote").hidden = !line;
  if (line) {
    by("quote-words").textContent = `回复 ${line.sender.name}：${line.text.replace(/\s+/g, " ").slice(0, 80)}`;
    by("words").focus();
  }
}

/* ---- showing the talk ---- */

function drawMessage(line) {
  const mine = line.sender.id === me;
  const element = make("article", "message");
  element.classList.toggle("mine", mine);
  element.classList.toggle("from-bot", line.sender.bot);
  element.classList.toggle("in-private", line.kind === "private");
  element.classList.toggle("gone", Boolean(line.recalled));
  element.classList.toggle("long", line.text.length > LONG);

  const byline = make("div", "byline");
  byline.append(make("span", "", line.sender.name));
  if (line.sender.bot) byline.append(make("span", "tag bot", "机器人"));
  else if (line.sender.role === "owner" || line.sender.role === "admin") {
    byline.append(make("span", `tag ${line.sender.role}`, ROLES[line.sender.role]));
  }
  if (line.kind === "private") byline.append(make("span", "tag private", `私聊 ${line.to.name}`));
  byline.append(make("time", "", clock(line.time)));
  if (line.recalled) byline.append(make("span", "tag recalled", `已被${line.recalled}`.replace("已被自己", "自己")));
  else if (mine || (manages(self()) && line.kind === "message" && !line.sender.bot)) {
    byline.append(button("take-back", "撤回", () => act({ action: "recall", message_id: line.message_id })));
  }

  const answerable = line.kind === "message" && !line.recalled;
  const bubble = answerable ? button("bubble", "", () => quote(line)) : make("div", "bubble");
  if (answerable) bubble.title = "点一下回复这条消息";
  if (line.quote) {
    bubble.append(make("span", "quote", line.quote.name ? `${line.quote.name}：${line.quote.text}` : line.quote.text));
  }
  bubble.append(make("span", "text", line.text));

  const body = make("div", "body");
  body.append(byline, bubble);
  element.append(avatar(line.sender), body);
  return element;
}

function drawRequest(line) {
  const element = make("article", "request");
  const head = make("div", "head");
  head.append(
    make("span", "", `${line.sender.name} 申请入群`),
    make("span", line.state, STATES[line.state] + (line.by ? `（${line.by}）` : "")),
  );
  element.append(head, make("p", "words", line.text));
  if (line.reason) element.append(make("p", "reason", `理由：${line.reason}`));
  if (line.state === "pending" && manages(self())) {
    const deciding = make("div", "deciding");
    deciding.append(
      button("plain", "在 QQ 里同意", () => act({ action: "decide", flag: line.flag, approve: true })),
      button("plain", "在 QQ 里拒绝", () => act({ action: "decide", flag: line.flag, approve: false })),
    );
    element.append(deciding);
  }
  return element;
}

function drawCall(line) {
  const element = make("article", line.asks ? "call asks" : "call");
  const head = make("div", "head");
  const name = make("span", "name", `${line.title} `);
  if (line.title !== line.action) name.append(make("code", "", line.action));
  head.append(name, make("span", `outcome ${line.outcome}`, OUTCOMES[line.outcome]));
  element.append(head);
  if (line.params) element.append(make("p", "params", line.params));
  if (line.trouble) element.append(make("p", "trouble-words", line.trouble));
  return element;
}

function draw(line) {
  if (line.kind === "call") return drawCall(line);
  if (line.kind === "request") return drawRequest(line);
  if (line.kind === "event") return make("p", "event", line.text);
  return drawMessage(line);
}

function put(line) {
  lines.set(line.key, line);
  const element = draw(line);
  const before = drawn.get(line.key);
  drawn.set(line.key, element);
  if (before) before.replaceWith(element);
  else if (line.kind === "call") by("calls").prepend(element);
  else by("talk").append(element);
}

/* The bot's server keeps the last 500 lines and 200 calls, and so does the page. */
function forget(container, limit, oldest) {
  while (container.childElementCount > limit) {
    const element = oldest === "first" ? container.firstElementChild : container.lastElementChild;
    for (const [key, shown] of drawn) {
      if (shown === element) {
        drawn.delete(key);
        lines.delete(key);
        break;
      }
    }
    element.remove();
  }
}

function clear() {
  lines.clear();
  drawn.clear();
  by("talk").replaceChildren(hints.talk);
  by("calls").replaceChildren(hints.calls);
  quote(null);
  complain("");
}

function scrollToEnd() {
  following = true;
  by("talk").scrollTop = by("talk").scrollHeight;
  by("to-end").hidden = true;
}

/* ---- showing the people ---- */

function drawPeople() {
  const rows = group.people.map((person) => {
    const row = button(`person ${person.role}`, "", () => choose(person.id));
    row.setAttribute("role", "radio");
    row.setAttribute("aria-checked", String(person.id === me));
    row.dataset.id = person.id;
    const about = make("span", "about");
    about.append(make("span", "", person.name), make("span", "state"));
    row.append(avatar(person), about);
    if (person.bot) {
      row.disabled = true;
      row.hidden = true;
    }
    return row;
  });
  const focused = document.activeElement && document.activeElement.dataset.id;
  by("people").replaceChildren(...rows);
  if (focused) {
    const again = rows.find((row) => row.dataset.id === focused);
    if (again) again.focus();
  }
  drawStates();
}

/* Runs every second as well: mutes run out. */
function drawStates() {
  for (const row of by("people").children) {
    const person = group.people.find((one) => String(one.id) === row.dataset.id);
    const muted = mutedFor(person);
    const state = row.querySelector(".state");
    state.textContent = muted > 0 ? `禁言 ${ticking(muted)}`
      : person.waiting ? "等待入群"
      : person.blocked ? "被群拒绝" : ROLES[person.role];
    state.classList.toggle("bad", muted > 0 || person.blocked);
  }
  drawComposer();
}

function drawComposer() {
  const person = self();
  if (!person) return;
  const outside = person.role === "outside";
  const muted = mutedFor(person);
  const silenced = muted > 0 || (group.whole_ban && !manages(person));
  const whispering = by("private").checked;
  const blockedWords = outside ? `${person.name}不在群里，点上面的“申请入群”`
    : whispering ? ""
    : muted > 0 ? `${person.name}被禁言，还剩 ${remaining(muted)}`
    : silenced ? "全员禁言中" : "";
  by("words").disabled = Boolean(blockedWords);
  by("words").placeholder = blockedWords || (whispering ? `以${person.name}的身份私聊机器人…` : `以${person.name}的身份说…`);
  by("send").disabled = Boolean(blockedWords) || busy;

  const wanted = outside ? "outside" : "inside";
  const examples = by("examples");
  if (examples.dataset.of !== wanted) {
    examples.dataset.of = wanted;
    examples.replaceChildren(...(outside ? OUTSIDE : INSIDE).map(([name, run]) => button("", name, run)));
  }
  for (const example of examples.children) {
    const speaks = !outside && example.textContent !== "退群";
    example.disabled = outside ? person.waiting || person.blocked : speaks && silenced && !whispering;
  }
}

function choose(id) {
  if (id === me) return;
  me = id;
  complain("");
  quote(null);
  drawPeople();
  redraw();
}

/* Whose messages are one's own, and what one may do, depend on whom one acts as. */
function redraw() {
  for (const line of lines.values()) if (line.kind !== "call" && line.kind !== "event") put(line);
  if (following) scrollToEnd();
}

function atEnd() {
  const talk = by("talk");
  return talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR_END;
}

/* ---- listening ---- */

function take(news) {
  if (run && news.run !== run) {
    run = "";
    number = 0;
    me = 0;
    clear();
    return;
  }
  run = news.run;
  number = news.number;
  const roleBefore = (self() || {}).role;
  group = news.group;
  toldAt = performance.now();
  if (!self()) me = (group.people.find((person) => person.role === "member") || group.people[0]).id;

  by("group-name").textContent = group.name;
  by("group-count").textContent = `${group.count} 人`;
  by("link").textContent = news.connected ? "网关已连接" : "网关未连接";
  by("link").className = news.connected ? "link on" : "link off";

  const fresh = news.lines.some((line) => !lines.has(line.key));
  if (news.lines.length) hints.talk.remove();
  if (news.calls.length) hints.calls.remove();
  news.lines.forEach(put);
  news.calls.forEach(put);
  forget(by("talk"), 500, "first");
  forget(by("calls"), 200, "last");
  drawPeople();
  if (roleBefore && roleBefore !== self().role) redraw();
  if (following) scrollToEnd();
  else if (fresh) by("to-end").hidden = false;
}

async function listen() {
  for (;;) {
    try {
      const answer = await fetch(`/sandbox/feed?after=${number}`);
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.json());
    } catch {
      by("link").textContent = "机器人没有运行";
      by("link").className = "link off";
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/* ---- wiring ---- */

function grow() {
  const words = by("words");
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 140)}px`;
}

async function submit() {
  const words = by("words");
  if (busy || words.disabled || !words.value.trim()) return;
  busy = true;
  const done = await say(words.value);
  busy = false;
  if (done) words.value = "";
  grow();
  drawComposer();
  words.focus();
}

async function during(control, doing) {
  control.disabled = true;
  await doing();
  control.disabled = false;
}

function showCalls(on) {
  document.querySelector(".stage").classList.toggle("no-calls", !on);
  by("show-calls").setAttribute("aria-expanded", String(on));
}

by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
by("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
by("words").addEventListener("input", grow);
by("private").addEventListener("change", drawComposer);
by("quote-off").addEventListener("click", () => quote(null));
by("to-end").addEventListener("click", scrollToEnd);
by("talk").addEventListener("scroll", () => {
  following = atEnd();
  if (following) by("to-end").hidden = true;
});
new ResizeObserver(() => following && scrollToEnd()).observe(by("talk"));
by("newcomer").addEventListener("click", async () => {
  const done = await attempt({ action: "newcomer" });
  if (!done) return;
  me = done.user_id;
  drawPeople();
  redraw();
});
by("reconnect").addEventListener("click", (event) =>
  during(event.currentTarget, () => attempt({ action: "reconnect" })));
by("start-over").addEventListener("click", (event) =>
  during(event.currentTarget, () => attempt({ action: "start_over" })));
by("show-calls").addEventListener("click", () =>
  showCalls(document.querySelector(".stage").classList.contains("no-calls")));
by("hide-calls").addEventListener("click", () => showCalls(false));
by("with-asks").addEventListener("change", (event) =>
  by("calls").classList.toggle("all", event.currentTarget.checked));

showCalls(matchMedia("(min-width: 1061px)").matches);
setInterval(drawStates, 1000);
listen();
