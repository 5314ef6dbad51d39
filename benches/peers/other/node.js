// Node's own EventEmitter, asked in the same way as the C++ programs: `peers.hpp` says how.
"use strict";
const { EventEmitter } = require("node:events");
const readline = require("node:readline");

const NAME = "Node EventEmitter (JavaScript)";
const PAYLOAD = Object.freeze({ amount: 1, rest: 0 });
const EVENT = "payload";
let calls = 0;
// A closure of its own each time: `off` finds it by identity.
const captures = (one) => (p) => { calls += p.amount * one; };

function timed(act) {
  const begun = process.hrtime.bigint();
  act();
  return Number(process.hrtime.bigint() - begun);
}
function require_(done, what) {
  if (!done) throw new Error(what);
}
function emitter() {
  return new EventEmitter().setMaxListeners(0);
}
// xorshift32: the same order in each run, though not that of the other programs.
function randomBelow(bound, count) {
  let state = 0x9e3779b9 | 0;
  return Array.from({ length: count }, () => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    return (state >>> 0) % bound;
  });
}

function emit(n) {
  const sums = Array.from({ length: n }, () => ({ sum: 0 }));
  const peer = emitter();
  for (const own of sums) peer.on(EVENT, (p) => { own.sum += p.amount; });
  let expected = 0;
  return (emits) => {
    const took = timed(() => { for (let i = 0; i < emits; i++) peer.emit(EVENT, PAYLOAD); });
    expected += emits;
    require_(sums.every((own) => own.sum === expected), "lost a call");
    return took;
  };
}

function churn(others, which) {
  const peer = emitter();
  const ids = Array.from({ length: others }, () => captures(1));
  ids.forEach((id) => peer.on(EVENT, id));
  const order = randomBelow(Math.max(others, 1), 1 << 16);
  // The oldest moves along a ring, so that finding it costs nothing.
  let step = 0, oldest = 0;
  return (pairs) => {
    const took = timed(() => {
      for (let i = 0; i < pairs; i++) {
        const added = captures(1);
        peer.on(EVENT, added);
        if (which === "newest") { peer.off(EVENT, added); continue; }
        const place = which === "oldest" ? oldest++ % others : order[step++ % order.length];
        peer.off(EVENT, ids[place]);
        ids[place] = added;
      }
    });
    const before = calls;
    peer.emit(EVENT, PAYLOAD);
    require_(calls - before === others, "lost a listener");
    return took;
  };
}

function once() {
  const peer = emitter();
  return (times) => {
    const before = calls;
    const took = timed(() => {
      for (let i = 0; i < times; i++) { peer.once(EVENT, captures(1)); peer.emit(EVENT, PAYLOAD); }
    });
    require_(calls - before === times, "is not once");
    return took;
  };
}

function keys(events) {
  const peer = emitter();
  const sums = Array.from({ length: events }, () => ({ sum: 0 }));
  const names = sums.map((_, i) => `event-${i}`);
  sums.forEach((own, i) => peer.on(names[i], (p) => { own.sum += p.amount; }));
  const order = Array.from({ length: events }, (_, i) => i);
  const random = randomBelow(0x7fffffff, events);
  for (let last = events - 1; last > 0; last--) {
    const other = random[last] % (last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  let expected = 0;
  return (rounds) => {
    const took = timed(() => {
      for (let i = 0; i < rounds; i++) for (const event of order) peer.emit(names[event], PAYLOAD);
    });
    expected += rounds;
    require_(sums.every((own) => own.sum === expected), "lost a call");
    return took;
  };
}

const QUESTIONS = {
  emit, once, keys,
  "churn-newest": (n) => churn(n, "newest"),
  "churn-oldest": (n) => churn(n, "oldest"),
  "churn-random": (n) => churn(n, "random"),
};

// Whom an emit calls, and what a listener may do while it runs: the same probes as in `probes.hpp`.
function stage() {
  const ids = new Map();
  const self = {
    peer: emitter(),
    log: [],
    on(tag, act = () => {}) {
      const listener = () => { self.log.push(tag); act(); };
      ids.set(tag, listener);
      self.peer.on(EVENT, listener);
    },
    off(tag) { if (ids.has(tag)) self.peer.off(EVENT, ids.get(tag)); },
    emit() { self.log = []; self.peer.emit(EVENT, PAYLOAD); return self.log.slice(); },
  };
  return self;
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const verdict = (yes, log) => (yes ? "yes" : `no: [${log.join(", ")}]`);
const first = (act) => { let done = false; return () => { if (!done) { done = true; act(); } }; };

const PROBES = {
  call(s) {
    s.on(1);
    const log = s.emit();
    return verdict(same(log, [1]), log);
  },
  add(s) {
    s.on(1, first(() => s.on(2)));
    const one = s.emit();
    return same(one, [1]) ? verdict(same(s.emit(), [1, 2]), s.log) : verdict(false, one);
  },
  "remove-later"(s) {
    s.on(1, () => s.off(2));
    s.on(2, () => s.off(1));
    const log = s.emit();
    return verdict(log.length === 1, log);
  },
  "remove-self"(s) {
    s.on(1, () => s.off(1));
    s.on(2);
    const one = s.emit();
    return same(one, [1, 2]) ? verdict(same(s.emit(), [2]), s.log) : verdict(false, one);
  },
  nested(s) {
    const inside = first(() => s.peer.emit(EVENT, PAYLOAD));
    s.on(1, inside);
    s.on(2, inside);
    const log = s.emit();
    return verdict(same(log, [1, 1, 2, 2]), log);
  },
  order(s) {
    for (let tag = 1; tag <= 5; tag++) s.on(tag);
    s.off(3);
    s.on(6);
    const log = s.emit();
    return verdict(same(log, [1, 2, 4, 5, 6]), log);
  },
  // The very same function.
  twice(s) {
    const listener = () => { s.log.push(1); };
    s.peer.on(EVENT, listener);
    s.peer.on(EVENT, listener);
    const log = s.emit();
    return verdict(same(log, [1, 1]), log);
  },
  cut(s) {
    s.on(1);
    s.off(1);
    const log = s.emit();
    return verdict(same(log, []), log);
  },
  cleared(s) {
    s.on(1);
    s.peer.removeAllListeners(EVENT);
    const log = s.emit();
    return verdict(same(log, []), log);
  },
  panic(s) {
    s.on(1, first(() => { throw new Error("a listener throws"); }));
    s.on(2);
    try { s.emit(); } catch { /* It comes through. */ }
    s.on(3);
    const log = s.emit();
    return verdict(same(log, [1, 2, 3]), log);
  },
  drop(s) {
    s.on(1, () => { s.peer = null; });
    s.on(2);
    const log = s.emit();
    return verdict(same(log, [1, 2]), log);
  },
  once(s) {
    s.peer.once(EVENT, () => { s.log.push(1); if (s.log.length < 10) s.peer.emit(EVENT, PAYLOAD); });
    const log = s.emit();
    return verdict(same(log, [1]), log);
  },
  clear(s) {
    s.on(1, () => s.peer.removeAllListeners(EVENT));
    s.on(2, () => s.peer.removeAllListeners(EVENT));
    const one = s.emit();
    return same(one, [1]) ? verdict(same(s.emit(), []), s.log) : verdict(false, one);
  },
};

const [mode, , probe] = process.argv.slice(2);
if (mode === "list") {
  console.log(`${NAME}\t${process.version}\t${Object.keys(QUESTIONS).join(",")},probes,`);
} else if (mode === "probe") {
  console.log(PROBES[probe](stage()));
} else {
  let open = "", run = null;
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const [, question, n, iterations] = line.split("\t");
    try {
      if (open !== question + n) [open, run] = [question + n, QUESTIONS[question](Number(n))];
      console.log(String(run(Number(iterations))));
    } catch (error) {
      console.log(`error: ${error.message}`);
    }
  });
}
