// Runs inside of the page that is under test, after its own script. `expected[k]` is the state of the
// loop after k records, as the library knows it; `trouble` has what went wrong while the page loaded.
// Ends by giving one line, "passed .." or "failed ..", in place of the page.
"use strict";
{
const json = id => JSON.parse(document.getElementById(id).textContent);
const [records, expected, mode] = [json("records"), json("expected"), json("mode")];
const [N, page] = [records.length, window.oyez];
const $ = selector => document.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const wait = time => new Promise(resolve => setTimeout(resolve, time));
const key = (name, target = document.body) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));

let checks = 0;
const failures = [];
function check(holds, ...what) {
  checks++;
  if (!holds) failures.push(what.join(" "));
}
function same(found, wanted, ...what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  check(a === b, ...what, "is", a, "and should be", b);
}

// ---- What has to hold at each step. ----

function displaysState(k, how) {
  same(page.at(), k, how, "cursor");
  same(page.state(), expected[k], how, "state at", k);
}
// What is in the cards is what their data says, each card in its lane, the stack growing upward.
function displaysItems(k) {
  for (const item of all("#main .item")) {
    if (!item.dataset.json) continue;
    const data = JSON.parse(item.dataset.json), name = item.querySelector(".name b").textContent;
    if (data.event != null) same(name, data.event, "name at", k);
    if (data.id != null) check(item.querySelector(".id").textContent.endsWith(data.id), "id of", name, "at", k);
    if (data.lane) same(item.closest("[data-lane]").dataset.lane, data.lane, "lane of", data.id, "at", k);
    if (data.label != null) same(item.querySelector(".label").textContent, "“" + data.label + "”", "label at", k);
    check(item.checkVisibility(), "hidden:", name, "at", k);
  }
  const tops = all("#stack .item").map(frame => frame.offsetTop);
  check(tops.every((top, at) => at === 0 || top < tops[at - 1]), "the stack grows upward at", k, tops);
  const lanes = all("[data-lane]").map(lane => lane.dataset.lane + lane.offsetTop);
  check(lanes.length === 3 && $("[data-lane=high]").offsetTop < $("[data-lane=normal]").offsetTop
    && $("[data-lane=normal]").offsetTop < $("[data-lane=low]").offsetTop, "lanes", lanes);
  for (const timer of expected[k].timers) {
    const item = all("#timers .item").find(item => item.dataset.json && JSON.parse(item.dataset.json).id === timer.id);
    const left = (timer.deadline_ns - expected[k].time_ns) / 1e6;
    if (timer.deadline_ns != null) same(item.querySelector(".about").lastChild.textContent, left > 0 ? `in ${left.toLocaleString("en")} ms` : "now", "time left of", timer.id, "at", k);
  }
}
function displaysStep(k) {
  const record = records[k - 1];
  same($("#slider").value, String(k), "slider");
  same($("#time").textContent, (expected[k].time_ns / 1e6).toLocaleString("en", { maximumFractionDigits: 3 }), "time at", k);
  same($("#turn").textContent, String(records.slice(0, k).filter(record => record.step === "taken").length || "–"), "turn at", k);
  if (!record) return same(all(".row.here").length, 0, "lines of the log before the first step");
  const text = record.step === "note" ? record.text : record.text.replaceAll("`", "");
  same($("#sentence").textContent, text, "sentence at", k);
  same(all("#log .row.here").map(row => row.dataset.k), [String(k)], "line of the log at", k);
  const row = $("#log .row.here"), log = $("#log");
  same(row.querySelector(".what").textContent, text, "text of the log at", k);
  check(row.offsetTop >= log.scrollTop && row.offsetTop + row.offsetHeight <= log.scrollTop + log.clientHeight, "the log shows", k);
  const [, line] = /:(\d+):\d+$/.exec(record.location ?? "") ?? [];
  same($("#where").textContent, (record.location ?? "").replace(/:\d+$/, ""), "place at", k);
  if (record.location) check(row.querySelector(".site").textContent.endsWith(":" + line), "site at", k);
  const sources = json("sources"), at = all("#source .at");
  if (!line || !sources[record.location.replace(/:\d+:\d+$/, "")]) return same(at.length, 0, "line of the source at", k);
  same(at.map(element => [element.textContent, element.parentNode.children[line - 1] === element]), [[Object.values(sources)[0].split("\n")[line - 1], true]], "line of the source at", k);
  const [shown, box] = [at[0].getBoundingClientRect(), $("#source").getBoundingClientRect()];
  check(shown.top >= box.top && shown.bottom <= box.bottom, "the source shows line", line, "at", k);
}
function displays(k, how) {
  displaysState(k, how);
  displaysItems(k);
  displaysStep(k);
}

// ---- Contrast, as WCAG has it. Every colour is painted, so that the browser does the mixing. ----

const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const known = new Map();
function contrast(element) {
  const layers = [getComputedStyle(element).color];
  for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
  const id = layers.join();
  if (known.has(id)) return known.get(id);
  const luminance = () => {
    const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const paint = colour => { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1) };
  layers.slice(0, -1).forEach(paint);
  const ground = luminance();
  paint(layers.at(-1));
  const ink = luminance(), ratio = (Math.max(ground, ink) + .05) / (Math.min(ground, ink) + .05);
  known.set(id, ratio);
  return ratio;
}
function isReadable(theme) {
  const first = [...new Set(records.map(record => record.step))].map(step => records.findIndex(record => record.step === step) + 1);
  for (const k of [0, ...first]) {
    page.go(k);
    for (const element of all("body *")) {
      const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
      if (!text || !element.checkVisibility() || /^(SCRIPT|STYLE|OPTION)$/.test(element.tagName)) continue;
      check(contrast(element) >= 4.5, theme, "contrast", contrast(element).toFixed(2), element.className, element.textContent.slice(0, 30), "at", k);
    }
  }
  return getComputedStyle(document.body).backgroundColor;
}

// ---- The programs of checks. ----

const modes = {
  // Every way to move, and at each step what is displayed.
  async desk() {
    same(page.length, N, "length");
    displays(3, "opened at #3,");
    page.go(0);
    displays(0, "at the start,");
    for (let k = 1; k <= N; k++) { page.go(k); displays(k, "forward,") }
    for (let k = N - 1; k >= 0; k--) { page.go(k); displays(k, "back,") }
    for (let k = 0, at = 0; at < 120; at++) { k = (k * 31 + 17 * at + 5) % (N + 1); page.go(k); displays(k, "jump,") }
    for (const [target, k] of [[-5, 0], [N + 5, N], [NaN, 0]]) { page.go(target); displaysState(k, "go beyond,") }

    page.go(0);
    for (let k = 1; k <= N; k++) { key("ArrowRight"); displaysState(k, "ArrowRight,") }
    key("ArrowRight"); displaysState(N, "ArrowRight at the end,");
    key("ArrowLeft"); displaysState(N - 1, "ArrowLeft,");
    key("Home"); displaysState(0, "Home,");
    key("ArrowLeft"); displaysState(0, "ArrowLeft at the start,");
    key("End"); displaysState(N, "End,");
    const turns = records.flatMap((record, at) => record.step === "taken" ? [at + 1] : []);
    page.go(0);
    for (const k of [...turns, N]) { key("n"); displaysState(k, "n,") }
    for (const k of [...turns.toReversed(), 0]) { key("p"); displaysState(k, "p,") }
    key("?"); check($("#about").open, "? opens the help");
    key("End"); displaysState(0, "a key in the help,");
    $("#close").click(); check(!$("#about").open, "the help closes");

    $("#forward").click(); displaysState(1, "button forward,");
    $("#last").click(); displaysState(N, "button last,"); check($("#forward").disabled && !$("#back").disabled, "buttons at the end");
    $("#back").click(); displaysState(N - 1, "button back,");
    $("#first").click(); displaysState(0, "button first,"); check($("#back").disabled && !$("#forward").disabled, "buttons at the start");
    $("#slider").value = 9; $("#slider").dispatchEvent(new Event("input")); displaysState(9, "slider,");
    $("#log .row[data-k='7']").click(); displays(7, "line of the log,");
    location.hash = "#11"; await wait(50); displays(11, "hash,");
    key("ArrowRight"); await wait(500); same(location.hash, "#12", "hash after a step");

    // Pointing at an event shows its line of the log; choosing it goes there.
    const posted = records.findIndex(record => record.step === "posted" && record.event.cause.kind === "event" && record.event.lane === "low") + 1;
    page.go(posted);
    const item = all("#low .item").find(item => JSON.parse(item.dataset.json).id === records[posted - 1].event.id);
    check(item.matches(".hot"), "what is posted stands out");
    check($("#wires path"), "a line shows where it comes from");
    item.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    check(item.matches(".linked") && $("#stack .item.linked"), "what is pointed at and its cause are marked");
    check(all(".row.linked, #peek .row").some(row => row.dataset.k === String(posted)), "its line of the log is marked");
    $("#main").dispatchEvent(new PointerEvent("pointerleave"));
    check(!$(".linked"), "no mark stays");
    page.go(posted + 1);
    all("#low .item").find(item => JSON.parse(item.dataset.json).id === records[posted - 1].event.id).querySelector("button").click();
    displaysState(posted, "an item,");

    page.go(0);
    key("ArrowRight");
    check(document.getAnimations().length > 0, "things move");
    const light = isReadable("light");
    key("t");
    check(isReadable("dark") !== light, "another theme is another colour");

    // Play, from the start to the end, then pause and play again by the keyboard.
    page.go(0);
    $("#speed").value = "40"; $("#speed").dispatchEvent(new Event("change"));
    $("#play").click();
    same([$("#play").getAttribute("aria-label"), $("#sentence").getAttribute("aria-live")], ["Pause", "off"], "while it plays");
    for (let turns = 0; page.at() < N && turns < 2 * N; turns++) await wait(50);
    displays(N, "played,");
    same([$("#play").getAttribute("aria-label"), $("#sentence").getAttribute("aria-live")], ["Play", "polite"], "after it played");
    key(" "); displaysState(0, "Space at the end,");
    await wait(400); key(" ");
    const paused = page.at();
    check(paused > 0 && paused < N, "Space plays", paused);
    await wait(400); displaysState(paused, "paused,");

    check(window.hacked === undefined, "a name ran as a script");
    check(!$("#main img, #main script, #main i b, .now img"), "a name became an element");
    check(all("*").every(element => !element.hasAttribute("onerror")), "a name became an attribute");
  },
  // As narrow as a phone: nothing is wider, and what one needs is in reach. Nothing moves by itself.
  async phone() {
    check(innerWidth === 390, "width", innerWidth);
    for (let k = 0; k <= N; k++) {
      page.go(k);
      displaysState(k, "phone,");
      check(document.documentElement.scrollWidth <= innerWidth, "wider than the page at", k, document.documentElement.scrollWidth);
      const wide = all("body *").filter(element => element.checkVisibility() && !element.closest("#source, canvas, dialog") && element.getBoundingClientRect().right > innerWidth + .5 && !clipped(element));
      check(!wide.length, "beyond the edge at", k, wide.map(element => element.outerHTML.slice(0, 90)));
    }
    check(!document.getAnimations().length, "motion, though none is wanted");
    for (const y of [0, 400, 1e6]) {
      scrollTo(0, y);
      for (const name of ["#first", "#back", "#play", "#forward", "#last", "#slider", "#sentence"]) {
        const { left, top, right, bottom, width, height } = $(name).getBoundingClientRect();
        check(left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight, name, "is out of reach, scrolled by", y);
        if (name !== "#sentence") check(width >= 40 && height >= 40, name, "is small for a finger:", width, height);
      }
    }
  },
  async empty() {
    displaysState(0, "empty,");
    check($("#main").textContent.includes("This trace is empty."), "it says so");
    for (const name of [" ", "ArrowRight", "ArrowLeft", "Home", "End", "n", "p", "t"]) { key(name); displaysState(0, name) }
    check($("#play").disabled && $("#slider").disabled, "there is nothing to play");
  },
  // Many records: what is in the document stays small.
  async many() {
    for (const k of [N, 0, N >> 1, (N >> 1) + 1, N >> 1]) {
      page.go(k);
      same(page.at(), k, "cursor");
      check(all("#log .row").length < 100, "lines of the log in the document:", all("#log .row").length);
      check(k === 0 || $("#log .row.here").dataset.k === String(k), "the log shows", k);
      same(page.state().queue.length, expected[k], "events in the queue at", k);
      check(all(".item").filter(item => item.checkVisibility()).length < 300, "items displayed at", k);
    }
  },
};
// Whether an element beyond the edge is cut off by one that is not.
function clipped(element) {
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    if (getComputedStyle(at).overflowX !== "visible" && at.getBoundingClientRect().right <= innerWidth + .5) return true;
  }
  return false;
}

const tell = text => parent === window ? document.documentElement.replaceChildren("@@" + text + "@@") : parent.postMessage(text, "*");
modes[mode]().catch(error => failures.push(error.stack)).then(() => {
  failures.push(...window.trouble.map(what => "trouble: " + what));
  tell(failures.length ? `failed ${failures.length} of ${checks} checks:\n${failures.slice(0, 12).join("\n")}` : `passed ${checks} checks`);
});
}
