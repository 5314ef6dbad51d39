// The JavaScript of `examples/timers_race.rs`, line by line the same program, for Node.
//
// Every order that it depends on is one that Node defines. Its output, with node v20.20.2, is in
// `timers_race.node.txt`:
//
//     node examples/data/timers_race.js > examples/data/timers_race.node.txt

const say = (line) => console.log(line);

function mainScript() {
  say('main: start');

  setTimeout(() => say('20 ms: a'), 20);
  setTimeout(() => {
    say('10 ms: b');
    queueMicrotask(() => say("10 ms: b's microtask"));
  }, 10);
  setTimeout(() => say('20 ms: c'), 20);
  setTimeout(() => {
    say('10 ms: d');
    clearTimeout(e);
  }, 10);
  const e = setTimeout(() => say('10 ms: e, never'), 10);

  Promise.resolve()
    .then(() => say('microtask 1'))
    .then(() => say('microtask 3, queued by 1'));
  queueMicrotask(() => say('microtask 2'));

  setTimeout(immediates, 100);
  say('main: end');
}

function immediates() {
  say('100 ms: start');
  setTimeout(interval, 0);
  setImmediate(() => {
    say('immediate 1');
    queueMicrotask(() => say("immediate 1's microtask"));
  });
  setImmediate(() => say('immediate 2'));
  say('100 ms: end');
}

function interval() {
  say('0 ms later: start');
  let ticks = 0;
  const id = setInterval(() => {
    ticks += 1;
    say(`tick ${ticks}`);
    queueMicrotask(() => say(`tick ${ticks}'s microtask`));
    if (ticks === 3) {
      clearInterval(id);
      setImmediate(last);
    }
  }, 10);
}

function last() {
  say('immediate 3');
  setImmediate(() => say('immediate 4, set by 3'));
  queueMicrotask(() => say("immediate 3's microtask"));
}

mainScript();
