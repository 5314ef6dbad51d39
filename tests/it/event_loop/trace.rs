//! `Trace`: every step can be undone, and is rendered the same each time.

use super::json::Json;
use super::*;
use oyez::event_loop::{Step, Trace as Recording};
use proptest::prop_assert_eq;
use std::io;

/// A world that is recorded.
fn recorded(build: impl FnOnce(EventLoopBuilder) -> EventLoopBuilder) -> (World, Recording) {
    let recording = Recording::new();
    let inspector = recording.clone();
    let w = World::built(|builder| build(builder).inspector(inspector));
    (w, recording)
}

/// A program in which every kind of step happens, but for sleep.
fn all_there_is() -> (World, Recording) {
    let (w, recording) = recorded(|builder| {
        builder
            .capacity(5)
            .overflow(Overflow::DropOldest)
            .slow_threshold(ms(10))
    });
    let e = w.event_loop.emitter();
    e.on(LISTENER_ERROR, |_| ());
    e.on(TASK_ERROR, |_| ());
    e.listen(NUM).label("fails").on(|_| failed("bad"));
    e.on(NUM, |_| Flow::Stop);
    e.once(OTHER, |_| ());
    e.on(OTHER, |_| Flow::Unsubscribe);
    e.on(HELD, |_| panic!("boom"));
    let proxy = w.h.proxy();
    in_time(move || proxy.post(SAY, "from a thread").unwrap());
    let low = PostOptions::new().lane(Lane::Low).label("low");
    w.h.post_with(NUM, 1, low).unwrap();
    let clock = w.clock.clone();
    w.act(move |h| {
        clock.advance(ms(20));
        h.emit(OTHER, 1);
        h.emit(NUM, 1);
        h.queue_microtask(|h| {
            h.queue_microtask(|_| failed("micro"));
            h.emit(SAY, "from a microtask");
        });
        h.queue_idle(|h| {
            say(h, "from an idle callback");
            h.stop();
        });
        h.queue_idle(|_| failed("idle"));
        h.post_with(SAY, "high", Lane::High).unwrap();
    });
    w.h.note("a note");
    w.h.cancel(w.say("cancelled"));
    for word in ["a", "b", "c"] {
        w.say(word);
    }
    let mut ticks = 0;
    w.h.set_interval(ms(10), move |h| {
        ticks += 1;
        if ticks == 2 {
            say(h, "second tick");
        }
        if ticks < 3 {
            Flow::Continue
        } else {
            Flow::Stop
        }
    });
    w.h.clear_timer(w.h.set_timeout(ms(1), |_| ()));
    let weak = w.h.set_timeout(ms(5), |_| failed("timer"));
    w.h.unref_timer(weak);
    w.h.ref_timer(weak);
    w.h.unref_timer(w.h.set_timeout(Duration::from_secs(9), |_| ()));
    w.h.unref_timer(w.h.set_timeout(Duration::MAX, |_| ()));
    w.h.post_after(ms(25), SAY, "after");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.h.post(HELD, held(())).unwrap();
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    w.run();
    let _proxy = w.h.proxy();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    assert_eq!(w.event_loop.run_for(ms(1)), Ok(Exit::Reached));
    assert_eq!(w.event_loop.run_until(|_| true), Ok(Exit::Reached));
    // Still there at the end: something of everything.
    w.h.queue_microtask(|_| ());
    w.h.queue_idle(|_| ());
    w.say("left");
    (w, recording)
}

/// The records as a reader of the JSON Lines has them.
#[track_caller]
fn lines(recording: &Recording) -> Vec<Json> {
    recording.to_json_lines().lines().map(Json::from).collect()
}

/// The records of one kind of step.
fn steps<'a>(records: &'a [Json], step: &str) -> Vec<&'a Json> {
    let is_it = |record: &&Json| record["step"].text() == step;
    records.iter().filter(is_it).collect()
}

/// The state as a reader of the JSON would build it up, by the table of steps and nothing else.
#[derive(Default)]
struct Replay {
    time: u64,
    stack: Vec<Json>,
    microtasks: Vec<Json>,
    queue: Vec<Json>,
    timers: Vec<Json>,
    idle: Vec<Json>,
}

impl Replay {
    fn apply(&mut self, record: &Json) {
        self.time = record["at_ns"].number();
        match record["step"].text() {
            "posted" => self.queue.push(record["event"].clone()),
            "taken" | "cancelled" | "evicted" => remove(&mut self.queue, &record["event"]),
            "entered" => self.stack.push(record["frame"].clone()),
            "left" => assert_eq!(self.stack.pop().as_ref(), Some(&record["frame"])),
            "microtask_queued" => self.microtasks.push(record["task"].clone()),
            "microtask_taken" => remove(&mut self.microtasks, &record["task"]),
            "idle_queued" => self.idle.push(record["task"].clone()),
            "idle_taken" => remove(&mut self.idle, &record["task"]),
            "timer_set" => self.timers.push(record["timer"].clone()),
            "timer_due" | "timer_cleared" => remove(&mut self.timers, &record["timer"]),
            "timer_ref" => {
                let timer = &record["timer"];
                let is_it = |other: &&mut Json| other["id"] == timer["id"];
                *self.timers.iter_mut().find(is_it).expect("it is there") = timer.clone();
            }
            "slept" | "woken" | "stepped" | "stop" | "exited" | "limit_reached" | "note"
            | "slow" => {}
            other => panic!("a step that this suite does not know: {other}"),
        }
        let lane = |event: &Json| {
            let lane = event["lane"].text();
            ["high", "normal", "low"]
                .iter()
                .position(|name| *name == lane)
        };
        self.queue
            .sort_by_key(|event| (lane(event), event["id"].number()));
        self.timers.sort_by_key(|timer| {
            let deadline = match &timer["deadline_ns"] {
                Json::Null => u64::MAX,
                deadline => deadline.number(),
            };
            (deadline, timer["id"].number())
        });
        self.microtasks.sort_by_key(|task| task["id"].number());
        self.idle.sort_by_key(|task| task["id"].number());
    }

    fn json(&self) -> Json {
        let list = |name: &str, list: &[Json]| (name.to_owned(), Json::Array(list.to_vec()));
        Json::Object(vec![
            ("time_ns".to_owned(), Json::Number(self.time.to_string())),
            list("stack", &self.stack),
            list("microtasks", &self.microtasks),
            list("queue", &self.queue),
            list("timers", &self.timers),
            list("idle", &self.idle),
        ])
    }
}

#[track_caller]
fn remove(from: &mut Vec<Json>, item: &Json) {
    let at = from.iter().position(|other| other == item);
    from.remove(at.unwrap_or_else(|| panic!("not there to be removed: {item:?}")));
}

#[test]
fn undoing_all_of_it_leaves_an_empty_state() {
    // `undo` gives the records back, last first, and then nothing.
    let (_w, recording) = all_there_is();
    let records = recording.records();
    let mut seqs = Vec::new();
    while let Some(record) = recording.undo() {
        seqs.push(record.seq());
    }
    assert_eq!(recording.state(), State::default());
    seqs.reverse();
    let all: Vec<_> = (1..=records.len() as u64).collect();
    assert_eq!(seqs, all);
    assert!(recording.undo().is_none());
    assert_eq!(recording.state(), State::default());
    assert_eq!(recording.records().len(), records.len());
}

#[test]
fn redo_after_undo_changes_nothing() {
    // For every k: undo k, redo k; and every state on the way is that of `state_at`.
    let (_w, recording) = all_there_is();
    let (count, end) = (recording.records().len(), recording.state());
    let before = renderings(&recording);
    for k in 0..=count {
        for n in 1..=k {
            recording.undo().unwrap();
            if k == count {
                assert_eq!(
                    recording.state(),
                    recording.state_at(count - n),
                    "{n} undone"
                );
            }
        }
        for n in 1..=k {
            recording.redo().unwrap();
            if k == count {
                assert_eq!(recording.state(), recording.state_at(n), "{n} redone");
            }
        }
        assert_eq!(recording.state(), end, "{k} undone and redone");
    }
    assert!(recording.redo().is_none());
    assert_eq!(renderings(&recording), before);
}

#[test]
fn every_state_follows_from_the_records() {
    // Rebuilt from the JSON Lines, by the table of steps alone, at every k.
    let (_w, recording) = all_there_is();
    let records = lines(&recording);
    let mut replay = Replay::default();
    assert_eq!(Json::from(&recording.state_at(0).to_json()), replay.json());
    for (k, record) in (1..).zip(&records) {
        replay.apply(record);
        let state = Json::from(&recording.state_at(k).to_json());
        assert_eq!(state, replay.json(), "after {record:?}");
    }
    // It had everything in it.
    let steps: std::collections::BTreeSet<_> =
        records.iter().map(|record| record["step"].text()).collect();
    let expected = [
        "cancelled",
        "entered",
        "evicted",
        "exited",
        "idle_queued",
        "idle_taken",
        "left",
        "microtask_queued",
        "microtask_taken",
        "note",
        "posted",
        "slow",
        "stepped",
        "stop",
        "taken",
        "timer_cleared",
        "timer_due",
        "timer_ref",
        "timer_set",
    ];
    let missing: Vec<_> = expected
        .iter()
        .filter(|step| !steps.contains(*step))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn random_programs_can_be_undone_and_rebuilt() {
    // The model's programs: what is undone is what a reader of the JSON Lines rebuilds,
    // step by step, from both ends.
    super::model::record(|recording| {
        let (end, records) = (recording.state(), lines(recording));
        let mut states = vec![end.to_json()];
        while recording.undo().is_some() {
            states.push(recording.state().to_json());
        }
        prop_assert_eq!(recording.state(), State::default());
        let mut replay = Replay::default();
        for record in &records {
            prop_assert_eq!(Json::from(&states.pop().unwrap()), replay.json());
            replay.apply(record);
            recording.redo().unwrap();
            prop_assert_eq!(Json::from(&recording.state().to_json()), replay.json());
        }
        prop_assert_eq!(recording.state(), end);
        Ok(())
    });
}

#[test]
fn a_state_shows_what_was_there() {
    // At the cursor, at the end of the program, beside what the loop itself tells.
    let (w, recording) = all_there_is();
    let state = recording.state();
    let ids: Vec<_> = state.queue().iter().map(QueuedEvent::id).collect();
    assert_eq!(ids, self::ids(&w.h.queue()));
    assert!(state.call_stack().is_empty());
    assert_eq!((state.microtasks().len(), state.idle().len()), (1, 1));
    assert_eq!(state.timers(), w.h.timers());
    assert!(!state.timers().is_empty());
    assert_eq!(state.time(), w.clock.elapsed());
    assert_eq!(recording.state_at(recording.records().len()), state);
}

#[test]
fn a_state_in_mid_run_is_that_of_the_loop() {
    // Taken inside a nested emit: the frames and the queue are those that the handle shows.
    let (w, recording) = recorded(|builder| builder);
    let (h, own) = (w.h.clone(), recording.clone());
    w.event_loop
        .emitter()
        .listen(NUM)
        .label("inner")
        .on(move |_| {
            let (state, stack) = (own.state(), h.call_stack());
            let told = |frame: &Frame| {
                let at = frame.location().map(ToString::to_string);
                (
                    frame.kind(),
                    frame.event(),
                    frame.label(),
                    at,
                    frame.depth(),
                )
            };
            assert_eq!(stack.depth(), 4);
            assert!(
                state
                    .call_stack()
                    .iter()
                    .map(told)
                    .eq(stack.frames().iter().map(told))
            );
            let ids: Vec<_> = state.queue().iter().map(QueuedEvent::id).collect();
            assert_eq!(ids, self::ids(&h.queue()));
            assert_eq!(state.microtasks().len(), 1);
        });
    w.act(|h| {
        say(h, "b");
        h.queue_microtask(|_| ());
        h.emit(NUM, 1);
    });
    w.runs("b");
}

#[test]
fn the_cursor_follows_new_records_unless_it_was_moved_back() {
    // "the cursor follows new records unless undone"; `redo` brings it back to the end.
    let (w, recording) = recorded(|builder| builder);
    w.say("a");
    assert_eq!(recording.state().queue().len(), 1);
    w.say("b");
    assert_eq!(recording.state().queue().len(), 2);
    recording.undo().unwrap();
    assert_eq!(recording.state().queue().len(), 1);
    w.say("c");
    assert_eq!(recording.state().queue().len(), 1);
    assert_eq!(recording.records().len(), 3);
    while recording.redo().is_some() {}
    assert_eq!(recording.state().queue().len(), 3);
    w.say("d");
    assert_eq!(recording.state().queue().len(), 4);
    // Looking back never undoes what the loop does.
    while recording.undo().is_some() {}
    w.runs("a b c d");
}

#[test]
fn a_clone_is_another_handle() {
    // One list of records, one cursor.
    let (w, recording) = recorded(|builder| builder);
    assert!(recording.is_empty());
    w.say("a");
    let clone = recording.clone();
    assert!(!clone.is_empty());
    clone.undo().unwrap();
    assert_eq!(recording.state(), State::default());
    recording.redo().unwrap();
    assert_eq!(clone.state(), recording.state());
    assert_eq!(clone.to_json_lines(), recording.to_json_lines());
}

#[test]
fn an_empty_trace_is_rendered_too() {
    // No records: no lines, and documents that are whole.
    let recording = Recording::new();
    assert!(recording.records().is_empty() && recording.is_empty());
    assert!(recording.undo().is_none() && recording.redo().is_none());
    assert_eq!(recording.state(), State::default());
    assert_eq!(recording.state_at(0), State::default());
    assert_eq!(recording.to_json_lines(), "");
    Json::from(&recording.to_chrome_json());
    assert!(recording.to_html().contains("</html>"));
    let state = State::default().to_json();
    let empty = r#"{"time_ns":0,"stack":[],"microtasks":[],"queue":[],"timers":[],"idle":[]}"#;
    assert_eq!(state, empty);
}

#[test]
fn the_lines_of_one_event_whole() {
    // Post, take, enter, leave, exit: literally.
    let (w, recording) = recorded(|builder| builder);
    w.say("a");
    let post = w.h.queue().events()[0].location();
    let listener = w.event_loop.emitter().listeners(SAY)[0].location();
    w.run();
    let event = format!(
        r#"{{"id":1,"event":"say","lane":"normal","label":null,"location":"{post}","posted_at_ns":0,"cause":{{"kind":"outside","id":null}},"timer":null}}"#
    );
    let outer = format!(
        r#"{{"kind":"dispatch","event":"say","label":null,"location":"{post}","depth":1,"id":1}}"#
    );
    let inner = format!(
        r#"{{"kind":"listener","event":"say","label":null,"location":"{listener}","depth":2,"id":null}}"#
    );
    let expected = format!(
        r#"{{"seq":1,"at_ns":0,"step":"posted","text":"post `say` #1, from outside","location":"{post}","event":{event}}}
{{"seq":2,"at_ns":0,"step":"taken","text":"take `say` #1 from the queue: its turn","location":"{post}","event":{event}}}
{{"seq":3,"at_ns":0,"step":"entered","text":"enter dispatch `say` #1","location":"{post}","frame":{outer}}}
{{"seq":4,"at_ns":0,"step":"entered","text":"enter listener of `say`","location":"{listener}","frame":{inner}}}
{{"seq":5,"at_ns":0,"step":"left","text":"leave listener of `say`","location":"{listener}","frame":{inner},"outcome":"returned","detail":null}}
{{"seq":6,"at_ns":0,"step":"left","text":"leave dispatch `say` #1","location":"{post}","frame":{outer},"outcome":"returned","detail":null}}
{{"seq":7,"at_ns":0,"step":"exited","text":"the run ends: completed","location":null,"exit":"completed"}}
"#
    );
    assert_eq!(recording.to_json_lines(), expected);
}

#[test]
fn the_lines_of_a_timer_and_a_task_whole() {
    // Set, step, due, post, take, queue, enter, leave: literally, but for the places.
    let (w, recording) = recorded(|builder| builder);
    w.h.set_timeout(ms(5), |h| h.queue_microtask(|_| ()));
    w.run();
    let mut told = recording.to_json_lines();
    for record in recording.records() {
        if let Some(location) = record.location() {
            told = told.replace(&location.to_string(), "HERE");
        }
    }
    let expected = r#"{"seq":1,"at_ns":0,"step":"timer_set","text":"set timeout t1, due at 5ms","location":"HERE","timer":{"id":1,"event":null,"deadline_ns":5000000,"period_ns":null,"weak":false,"location":"HERE","cause":{"kind":"outside","id":null}}}
{"seq":2,"at_ns":5000000,"step":"stepped","text":"nothing to do before 5ms: move the clock there","location":null,"to_ns":5000000}
{"seq":3,"at_ns":5000000,"step":"timer_due","text":"timeout t1 is due","location":"HERE","timer":{"id":1,"event":null,"deadline_ns":5000000,"period_ns":null,"weak":false,"location":"HERE","cause":{"kind":"outside","id":null}}}
{"seq":4,"at_ns":5000000,"step":"posted","text":"post `(timer)` #1 of t1, from outside","location":"HERE","event":{"id":1,"event":"(timer)","lane":"normal","label":null,"location":"HERE","posted_at_ns":5000000,"cause":{"kind":"outside","id":null},"timer":1}}
{"seq":5,"at_ns":5000000,"step":"taken","text":"take `(timer)` #1 from the queue: its turn","location":"HERE","event":{"id":1,"event":"(timer)","lane":"normal","label":null,"location":"HERE","posted_at_ns":5000000,"cause":{"kind":"outside","id":null},"timer":1}}
{"seq":6,"at_ns":5000000,"step":"entered","text":"enter timer #1","location":"HERE","frame":{"kind":"timer","event":null,"label":null,"location":"HERE","depth":1,"id":1}}
{"seq":7,"at_ns":5000000,"step":"microtask_queued","text":"queue microtask m1, by event #1","location":"HERE","task":{"id":1,"location":"HERE","cause":{"kind":"event","id":1}}}
{"seq":8,"at_ns":5000000,"step":"left","text":"leave timer #1","location":"HERE","frame":{"kind":"timer","event":null,"label":null,"location":"HERE","depth":1,"id":1},"outcome":"returned","detail":null}
{"seq":9,"at_ns":5000000,"step":"microtask_taken","text":"take microtask m1: the call stack is empty","location":"HERE","task":{"id":1,"location":"HERE","cause":{"kind":"event","id":1}}}
{"seq":10,"at_ns":5000000,"step":"entered","text":"enter microtask m1","location":"HERE","frame":{"kind":"microtask","event":null,"label":null,"location":"HERE","depth":1,"id":1}}
{"seq":11,"at_ns":5000000,"step":"left","text":"leave microtask m1","location":"HERE","frame":{"kind":"microtask","event":null,"label":null,"location":"HERE","depth":1,"id":1},"outcome":"returned","detail":null}
{"seq":12,"at_ns":5000000,"step":"exited","text":"the run ends: completed","location":null,"exit":"completed"}
"#;
    assert_eq!(told, expected);
}

#[test]
fn a_timer_says_whether_it_keeps_the_loop() {
    // `unref_timer` and `ref_timer`, each with a text of its own.
    let (w, recording) = recorded(|builder| builder);
    let timer = w.h.set_timeout(ms(5), |_| ());
    w.h.unref_timer(timer);
    w.h.ref_timer(timer);
    let told = recording.records().into_iter().skip(1);
    assert_eq!(
        told.map(|record| record.to_string()).collect::<Vec<_>>(),
        [
            "timeout t1 keeps the loop no more",
            "timeout t1 keeps the loop again"
        ]
    );
}

#[test]
fn the_line_of_a_limit_whole() {
    let (w, recording) = recorded(|builder| builder.microtask_limit(1));
    w.h.queue_microtask(|h| h.queue_microtask(|_| ()));
    assert!(w.event_loop.run().is_err());
    let told = recording.to_json_lines();
    let line = told.lines().find(|line| line.contains("limit_reached"));
    let (_, line) = line.unwrap().split_once(r#","at_ns""#).unwrap();
    let expected = r#":0,"step":"limit_reached","text":"the limit of `1` microtasks in a row is reached","location":null,"limit":1}"#;
    assert_eq!(line, expected);
}

#[test]
fn the_places_of_a_task_and_a_timer_are_where_they_were_made() {
    let (w, recording) = recorded(|builder| builder);
    let line = line!();
    w.h.queue_microtask(|_| ());
    w.h.queue_idle(|_| ());
    w.h.set_timeout(ms(1), |_| ());
    let state = recording.state();
    let places = [
        state.microtasks()[0].location(),
        state.idle()[0].location(),
        state.timers()[0].location(),
        w.h.timers()[0].location(),
    ];
    assert_eq!(
        places.map(|place| (place.file(), place.line() - line)),
        [1, 2, 3, 3].map(|line| (file!(), line))
    );
}

#[test]
fn two_loops_in_one_trace_make_no_sense_and_no_panic() {
    // Both count from 1, so their numbers mean nothing; the cursor goes back and forth all the same.
    let recording = Recording::new();
    let build = || EventLoop::builder().inspector(recording.clone()).build();
    let (first, second) = (build(), build());
    first.handle().post(NUM, 1).unwrap();
    second.handle().post(NUM, 2).unwrap();
    assert_eq!(first.run(), Ok(Exit::Completed));
    assert_eq!(second.run(), Ok(Exit::Completed));
    let state = recording.state();
    while recording.undo().is_some() {}
    while recording.redo().is_some() {}
    assert_eq!(recording.state(), state);
}

#[test]
fn the_table_whole() {
    // A row for each record, indented by the stack; literally, but for the places.
    let (w, recording) = recorded(|builder| builder);
    w.say("a");
    w.h.note("a note");
    w.run();
    let table = recording.to_table();
    let rows = table
        .lines()
        .map(|row| row.split("tests/").next().unwrap().trim_end());
    let expected = [
        " step  time  what                                    where",
        "    1   0ns  post `say` #1, from outside",
        "    2   0ns  > a note",
        "    3   0ns  take `say` #1 from the queue: its turn",
        "    4   0ns  enter dispatch `say` #1",
        "    5   0ns    enter listener of `say`",
        "    6   0ns    leave listener of `say`",
        "    7   0ns  leave dispatch `say` #1",
        "    8   0ns  the run ends: completed",
    ];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    let post = recording.records()[0].location().unwrap().to_string();
    assert_eq!(table.matches(&post).count(), 4);
}

fn renderings(recording: &Recording) -> [String; 4] {
    [
        recording.to_table(),
        recording.to_json_lines(),
        recording.to_chrome_json(),
        recording.to_html(),
    ]
}

#[test]
fn the_same_program_gives_the_same_trace_byte_for_byte() {
    // In all renderings, whatever else the process did in between.
    let (_w, first) = all_there_is();
    for _ in 0..3 {
        let other = World::new();
        other.event_loop.emitter().on(NUM, |_| ());
        other.say("other");
        other.h.set_timeout(ms(1), |_| ());
        other.run();
    }
    let elsewhere = in_time(|| renderings(&all_there_is().1));
    let (_w, second) = all_there_is();
    for (n, text) in renderings(&first).into_iter().enumerate() {
        assert!(!text.is_empty());
        assert!(text == renderings(&second)[n], "rendering {n} differs");
        assert!(
            text == elsewhere[n],
            "rendering {n} differs on another thread"
        );
    }
}

#[test]
fn records_are_counted_and_in_time() {
    // `seq` from 1, `at` since the loop was built; each has one sentence.
    let (_w, recording) = all_there_is();
    let records = recording.records();
    assert!(records.iter().map(Record::seq).eq(1..=records.len() as u64));
    assert!(records.iter().map(Record::at).is_sorted());
    assert_eq!(records[0].at(), Duration::ZERO);
    let lines = lines(&recording);
    assert_eq!(lines.len(), records.len());
    for (record, line) in records.iter().zip(lines) {
        let text = record.to_string();
        assert!(!text.is_empty() && !text.contains('\n'));
        assert_eq!(line["seq"].number(), record.seq());
        assert_eq!(u128::from(line["at_ns"].number()), record.at().as_nanos());
        match record.location() {
            Some(location) => assert_eq!(line["location"].text(), location.to_string()),
            None => assert_eq!(line["location"], Json::Null),
        }
    }
}

#[test]
fn every_record_has_the_fields_of_its_step() {
    // The common ones in their order, then its own; and the same for what they hold.
    const EVENT: &str = "id event lane label location posted_at_ns cause timer";
    const FRAME: &str = "kind event label location depth id";
    const TASK: &str = "id location cause";
    const TIMER: &str = "id event deadline_ns period_ns weak location cause";
    let (_w, recording) = all_there_is();
    let keys = |json: &Json| json.keys().join(" ");
    for record in lines(&recording) {
        let own = match record["step"].text() {
            "posted" | "taken" | "cancelled" | "evicted" => "event",
            "entered" => "frame",
            "left" => "frame outcome detail",
            "microtask_queued" | "microtask_taken" | "idle_queued" | "idle_taken" => "task",
            "timer_set" | "timer_due" | "timer_cleared" | "timer_ref" => "timer",
            "slept" => "until_ns",
            "stepped" => "to_ns",
            "exited" => "exit",
            "slow" => "took_ns threshold_ns",
            _ => "",
        };
        let common = "seq at_ns step text location";
        assert_eq!(keys(&record), format!("{common} {own}").trim_end());
        for (name, fields) in [("frame", FRAME), ("task", TASK), ("timer", TIMER)] {
            if let Some(part) = record.get(name) {
                assert_eq!(keys(part), fields);
            }
        }
        if let Some(event) = record.get("event") {
            assert_eq!(keys(event), EVENT);
        }
        for part in ["event", "task", "timer"] {
            if let Some(cause) = record.get(part).and_then(|part| part.get("cause")) {
                assert_eq!(keys(cause), "kind id");
            }
        }
    }
}

#[test]
fn every_event_names_its_cause_and_every_post_its_line() {
    // Outside, an event, a microtask, an idle callback, a timer, a thread.
    let (w, recording) = recorded(|builder| builder);
    let base = line!();
    let a = w.act(|h| _ = say(h, "in an event"));
    w.h.queue_microtask(|h| _ = h.post(SAY, "in a microtask"));
    w.h.queue_idle(|h| _ = h.post(SAY, "in an idle callback"));
    w.h.set_timeout(ms(1), |h| _ = h.post(SAY, "in a timer"));
    let proxy = w.h.proxy();
    in_time(move || _ = proxy.post(SAY, "in a thread"));
    w.h.post_after(ms(2), SAY, "in time");
    w.run();
    let records = lines(&recording);
    let posted: Vec<_> = steps(&records, "posted")
        .into_iter()
        .map(|record| {
            let event = &record["event"];
            assert_eq!(record["location"], event["location"]);
            let location = event["location"].text();
            let place = location.strip_prefix(file!()).expect("a line of this file");
            let line: u32 = place.split(':').nth(1).unwrap().parse().unwrap();
            let cause = &event["cause"];
            let id = match &cause["id"] {
                Json::Null => String::new(),
                id => id.number().to_string(),
            };
            let timer = if event["timer"] == Json::Null {
                ""
            } else {
                "!"
            };
            format!(
                "{}{timer}+{}:{}{id}",
                event["event"].text(),
                line - base,
                cause["kind"].text()
            )
        })
        .collect();
    let a = a.to_string().replace('#', "");
    // The ids of entries: 1 is the first post; the microtask posts 2, the thread 3, the event 4.
    let expected = [
        "do+1:outside".to_owned(),
        "say+2:microtask1".to_owned(),
        "say+6:thread".to_owned(),
        format!("say+1:event{a}"),
        "say+3:idle2".to_owned(),
        "(timer)!+4:outside".to_owned(),
        "say+4:event6".to_owned(),
        "say!+7:outside".to_owned(),
    ];
    assert_eq!(posted, expected);
}

#[test]
fn a_timer_names_who_set_it() {
    // When it is set, when it is due, and as an event of the queue; an interval also when it is
    // armed again.
    let (w, recording) = recorded(|builder| builder);
    let by = w.act(|h| {
        h.set_timeout(ms(1), |_| ());
        h.post_after(ms(2), SAY, "after");
        let mut runs = 0;
        h.set_interval(ms(3), move |_| {
            runs += 1;
            if runs == 2 {
                Flow::Stop
            } else {
                Flow::Continue
            }
        });
    });
    w.run();
    let by = by.to_string().replace('#', "");
    let records = lines(&recording);
    let of_timers = records.iter().filter_map(|record| {
        let event = record.get("event");
        let event = event.filter(|event| event["timer"] != Json::Null);
        record.get("timer").or(event)
    });
    let causes: Vec<_> = of_timers.map(|part| &part["cause"]).collect();
    let expected = Json::from(&format!(r#"{{"kind":"event","id":{by}}}"#));
    assert!(causes.len() > 12);
    assert!(causes.iter().all(|cause| **cause == expected), "{causes:?}");
}

#[test]
fn frames_name_the_event_or_task_that_they_run() {
    // `id`: of a posted event's dispatch its event, of a timer's frame its entry in the queue, of
    // microtask and idle the task; none for what was emitted, and for listeners.
    let (w, recording) = recorded(|builder| builder);
    w.act(|h| _ = h.emit(SAY, "emitted"));
    w.h.queue_microtask(|_| ());
    w.h.queue_idle(|_| ());
    w.h.set_timeout(ms(1), |_| ());
    w.h.post_after(ms(2), SAY, "after");
    w.run();
    let records = lines(&recording);
    let entered = steps(&records, "entered").into_iter().map(|record| {
        let frame = &record["frame"];
        let id = match &frame["id"] {
            Json::Null => "-".to_owned(),
            id => id.number().to_string(),
        };
        format!("{}{}:{id}", frame["kind"].text(), frame["depth"].number())
    });
    let expected = [
        "microtask1:1",
        "dispatch1:1",
        "listener2:-",
        "dispatch3:-",
        "listener4:-",
        "idle1:2",
        "timer1:2",
        "dispatch1:3",
        "listener2:-",
    ];
    assert_eq!(entered.collect::<Vec<_>>(), expected);
}

#[test]
fn a_dispatch_that_no_post_began_has_no_id() {
    // The loop's own emits, of `TASK_ERROR`, from a microtask, a timer and an idle callback.
    let (w, recording) = recorded(|builder| builder);
    w.event_loop.emitter().on(TASK_ERROR, |_| ());
    w.h.queue_microtask(|_| failed("m"));
    w.h.queue_idle(|_| failed("i"));
    w.h.set_timeout(ms(1), |_| failed("t"));
    w.run();
    let records = lines(&recording);
    let entered = steps(&records, "entered").into_iter();
    let dispatches = entered.filter(|record| record["frame"]["kind"].text() == "dispatch");
    let ids: Vec<_> = dispatches.map(|record| &record["frame"]["id"]).collect();
    assert_eq!(ids, [&Json::Null; 3]);
}

#[test]
fn a_frame_is_left_with_its_outcome() {
    // returned, stopped, unsubscribed, failed, panicked; with the text of what went wrong.
    let (w, recording) = recorded(|builder| builder);
    let e = w.event_loop.emitter();
    e.on(LISTENER_ERROR, |_| ());
    e.on(NUM, |_| ());
    e.on(NUM, |_| Flow::Unsubscribe);
    e.on(NUM, |_| failed("out of ink"));
    e.on(NUM, |_| Flow::Stop);
    w.h.post(NUM, 1).unwrap();
    w.run();
    e.off_all(NUM);
    e.on(NUM, |_| panic!("boom"));
    w.h.post(NUM, 1).unwrap();
    panic_text(|| w.event_loop.run());
    assert_eq!(recording.state().call_stack(), []);
    let records = lines(&recording);
    let left = steps(&records, "left").into_iter().filter(|record| {
        record["frame"]["kind"].text() == "listener" && record["frame"]["event"].text() == "num"
    });
    let left = left.map(|record| match &record["detail"] {
        Json::Null => record["outcome"].text().to_owned(),
        detail => format!("{}:{}", record["outcome"].text(), detail.text()),
    });
    let left: Vec<_> = left.collect();
    let expected = ["returned", "unsubscribed", "failed:out of ink", "stopped"];
    assert_eq!(left[..4], expected);
    assert!(left[4].starts_with("panicked"), "{}", left[4]);
    let dispatch = steps(&records, "left").pop().unwrap();
    assert_eq!(dispatch["frame"]["kind"].text(), "dispatch");
    assert_eq!(dispatch["outcome"].text(), "panicked");
}

#[test]
fn a_state_is_that_of_the_loop_while_an_error_says_what_it_is() {
    // "Popped ones are not on the stack when an inspector hears of them": the text is user code, and emits.
    thread_local!(static HANDLE: Later = Later::default());
    #[derive(Debug)]
    struct Chatty;
    impl std::fmt::Display for Chatty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            HANDLE.with(|later| later.get().unwrap().emit(OTHER, 1));
            f.write_str("chatty")
        }
    }
    impl std::error::Error for Chatty {}
    let (w, recording) = recorded(|builder| builder);
    let e = w.event_loop.emitter();
    e.on(LISTENER_ERROR, |_| ());
    let (h, own, seen) = (w.h.clone(), recording.clone(), Rc::new(Cell::new(0)));
    let count = Rc::clone(&seen);
    e.on(OTHER, move |_| {
        assert_eq!(own.state().call_stack(), h.call_stack().frames());
        count.set(count.get() + 1);
    });
    HANDLE.with(|later| later.set(&w.h));
    e.on(NUM, |_| Err::<(), _>(Chatty));
    w.h.post(NUM, 1).unwrap();
    w.run();
    assert_eq!(seen.get(), 1);
    while recording.undo().is_some() {}
    assert_eq!(recording.state(), State::default());
}

#[test]
fn a_note_is_the_programs_own_output() {
    // It stands among the steps where it was written, in every rendering.
    let (w, recording) = recorded(|builder| builder);
    let (e, h) = (w.event_loop.emitter(), w.h.clone());
    let line = line!() + 1;
    e.on(NUM, move |n| h.note(format!("got {n}")));
    w.h.post(NUM, 7).unwrap();
    w.run();
    let records = lines(&recording);
    let at = records
        .iter()
        .position(|record| record["step"].text() == "note")
        .unwrap();
    assert_eq!(records[at]["text"].text(), "got 7");
    let place = format!("{}:{line}:", file!());
    assert!(records[at]["location"].text().starts_with(&place));
    assert_eq!(records[at - 1]["step"].text(), "entered");
    assert_eq!(records[at + 1]["step"].text(), "left");
    for text in renderings(&recording) {
        assert!(text.contains("got 7"));
    }
}

#[test]
fn chrome_json_is_well_formed_and_its_slices_nest() {
    // What Perfetto reads: an array of events, or an object with `traceEvents`; each with a phase;
    // what begins ends, in the order of a stack, on each track.
    let (_w, recording) = all_there_is();
    let document = Json::from(&recording.to_chrome_json());
    let events = document.get("traceEvents").unwrap_or(&document).items();
    assert!(events.len() > 20);
    let mut open: Vec<(Json, Vec<String>)> = Vec::new();
    let mut slices = 0;
    for event in events {
        let phase = event["ph"].text();
        assert_eq!(phase.len(), 1);
        if phase == "M" {
            continue;
        }
        assert!(event["ts"].decimal() >= 0.0);
        let track = Json::Array(vec![event["pid"].clone(), event["tid"].clone()]);
        let at = open.iter().position(|(other, _)| *other == track);
        let at = at.unwrap_or_else(|| {
            open.push((track, Vec::new()));
            open.len() - 1
        });
        match phase {
            "B" => {
                slices += 1;
                open[at].1.push(event["name"].text().to_owned());
            }
            "E" => {
                let began = open[at].1.pop().expect("it began");
                if let Some(name) = event.get("name") {
                    assert_eq!(name.text(), began);
                }
            }
            "X" => assert!(event["dur"].decimal() >= 0.0),
            _ => {}
        }
    }
    assert!(open.iter().all(|(_, names)| names.is_empty()), "{open:?}");
    let entered = lines(&recording);
    assert_eq!(slices, steps(&entered, "entered").len());
}

#[test]
fn the_chrome_json_of_events_and_a_timer_whole() {
    // Each step a microsecond behind the one before, or at its time: literally, but for the places.
    let (w, recording) = recorded(|builder| builder);
    w.say("a");
    w.h.cancel(w.say("b"));
    w.h.set_timeout(Duration::from_nanos(1_234_567), |_| ());
    w.run();
    let mut told = recording.to_chrome_json();
    for record in recording.records() {
        if let Some(location) = record.location() {
            told = told.replace(&location.to_string(), "HERE");
        }
    }
    let expected = r#"{"displayTimeUnit":"ms","traceEvents":[
{"ph":"M","pid":1,"tid":1,"name":"process_name","args":{"name":"oyez"}},
{"ph":"b","pid":1,"tid":1,"ts":1.000,"name":"say","cat":"queue","id":1,"args":{"at_ns":0,"cause":"outside","lane":"normal","where":"HERE"}},
{"ph":"X","pid":1,"tid":1,"ts":1.000,"name":"post `say` #1, from outside","dur":0.5,"cat":"posted","args":{"at_ns":0,"where":"HERE"}},
{"ph":"s","pid":1,"tid":1,"ts":1.000,"name":"event","cat":"cause","id":1},
{"ph":"b","pid":1,"tid":1,"ts":2.000,"name":"say","cat":"queue","id":2,"args":{"at_ns":0,"cause":"outside","lane":"normal","where":"HERE"}},
{"ph":"X","pid":1,"tid":1,"ts":2.000,"name":"post `say` #2, from outside","dur":0.5,"cat":"posted","args":{"at_ns":0,"where":"HERE"}},
{"ph":"s","pid":1,"tid":1,"ts":2.000,"name":"event","cat":"cause","id":2},
{"ph":"e","pid":1,"tid":1,"ts":3.000,"name":"say","cat":"queue","id":2,"args":{"at_ns":0,"cause":"outside","lane":"normal","where":"HERE"}},
{"ph":"X","pid":1,"tid":1,"ts":4.000,"name":"set timeout t1, due at 1.234567ms","dur":0.5,"cat":"timer_set","args":{"at_ns":0,"where":"HERE"}},
{"ph":"s","pid":1,"tid":1,"ts":4.000,"name":"timer","cat":"cause","id":4},
{"ph":"e","pid":1,"tid":1,"ts":5.000,"name":"say","cat":"queue","id":1,"args":{"at_ns":0,"cause":"outside","lane":"normal","where":"HERE"}},
{"ph":"B","pid":1,"tid":1,"ts":6.000,"name":"dispatch `say` #1","cat":"dispatch","args":{"at_ns":0,"where":"HERE"}},
{"ph":"f","pid":1,"tid":1,"ts":6.000,"name":"event","cat":"cause","id":1,"bp":"e"},
{"ph":"B","pid":1,"tid":1,"ts":7.000,"name":"listener of `say`","cat":"listener","args":{"at_ns":0,"where":"HERE"}},
{"ph":"E","pid":1,"tid":1,"ts":8.000},
{"ph":"E","pid":1,"tid":1,"ts":9.000},
{"ph":"i","pid":1,"tid":1,"ts":1234.567,"name":"nothing to do before 1.234567ms: move the clock there","s":"t","cat":"stepped","args":{"at_ns":1234567,"where":""}},
{"ph":"b","pid":1,"tid":1,"ts":1236.567,"name":"(timer)","cat":"queue","id":3,"args":{"at_ns":1234567,"cause":"outside","lane":"normal","where":"HERE"}},
{"ph":"e","pid":1,"tid":1,"ts":1237.567,"name":"(timer)","cat":"queue","id":3,"args":{"at_ns":1234567,"cause":"outside","lane":"normal","where":"HERE"}},
{"ph":"B","pid":1,"tid":1,"ts":1238.567,"name":"timer #3","cat":"timer","args":{"at_ns":1234567,"where":"HERE"}},
{"ph":"f","pid":1,"tid":1,"ts":1238.567,"name":"timer","cat":"cause","id":4,"bp":"e"},
{"ph":"E","pid":1,"tid":1,"ts":1239.567},
{"ph":"i","pid":1,"tid":1,"ts":1240.567,"name":"the run ends: completed","s":"t","cat":"exited","args":{"at_ns":1234567,"where":""}}
]}
"#;
    assert_eq!(told, expected);
}

#[test]
fn an_event_without_a_name_has_one_in_the_chrome_json() {
    // An empty one: readers tell what waits in the queue apart by name, category and id. Only an end has none.
    let (w, recording) = recorded(|builder| builder);
    w.h.cancel(w.h.post(Event::<i32>::new(""), 1).unwrap());
    let document = Json::from(&recording.to_chrome_json());
    let events = document["traceEvents"].items().iter();
    let mut waits = events.filter(|event| matches!(event["ph"].text(), "b" | "e"));
    for _ in 0..2 {
        assert_eq!(waits.next().unwrap()["name"].text(), "");
    }
    assert!(waits.next().is_none());
}

#[test]
fn html_is_one_page_that_needs_no_other() {
    // Nothing is fetched: no address, no `src`, no `href` to elsewhere, no `@import`.
    let (_w, recording) = all_there_is();
    let html = recording.to_html();
    assert!(
        html.trim_start()
            .to_lowercase()
            .starts_with("<!doctype html>")
    );
    assert!(html.trim_end().ends_with("</html>"));
    for fetched in [
        "src=",
        "@import",
        "url(",
        "fetch(",
        "import(",
        "XMLHttpRequest",
        "<iframe",
    ] {
        assert!(!html.contains(fetched), "{fetched}");
    }
    for (at, _) in html.match_indices("href=") {
        let is_here = html[at..].starts_with("href=\"data:") || html[at..].starts_with("href=\"#");
        assert!(is_here, "{}", &html[at..at + 40]);
    }
    for (at, _) in html.match_indices("//") {
        let before = &html[..at];
        let scheme = before.ends_with("http:") || before.ends_with("https:");
        let namespace = html[at..].starts_with("//www.w3.org/");
        assert!(!scheme || namespace, "{}", &html[at..at + 40]);
    }
    // It holds all the records.
    for record in recording.records() {
        assert!(html.contains(&format!("\"seq\":{},", record.seq())));
    }
}

/// A name that means something in every language the traces are rendered to.
const HOSTILE: Event<i32> =
    Event::new("\"</script><!--&amp;'`\\ \n\t\u{0}\u{7f}é😀\u{2028}\u{202e}");

#[test]
fn hostile_names_are_escaped() {
    // Event, label, note and the text of an error, with quotes, tags, line ends and more.
    let (w, recording) = recorded(|builder| builder);
    w.event_loop.emitter().on(LISTENER_ERROR, |_| ());
    let listen = w.event_loop.emitter().listen(HOSTILE);
    listen.label(HOSTILE.name()).on(|_| failed(HOSTILE.name()));
    let options = PostOptions::new().label(HOSTILE.name());
    w.h.post_with(HOSTILE, 1, options).unwrap();
    w.h.post_after(ms(1), HOSTILE, 1);
    w.h.note(HOSTILE.name());
    recording.add_source(
        "<b>\"file\"</script>",
        "let a = \"</script><script>\";\n<!-- -->\n",
    );
    w.run();
    // JSON: one line for each record, and what comes out is what went in.
    let records = lines(&recording);
    assert_eq!(records.len(), recording.records().len());
    let posted = steps(&records, "posted")[0];
    assert_eq!(posted["event"]["event"].text(), HOSTILE.name());
    assert_eq!(posted["event"]["label"].text(), HOSTILE.name());
    assert_eq!(steps(&records, "note")[0]["text"].text(), HOSTILE.name());
    let failed = steps(&records, "left").into_iter();
    let mut failed = failed.filter(|record| record["outcome"].text() == "failed");
    assert_eq!(failed.next().unwrap()["detail"].text(), HOSTILE.name());
    // Chrome: the same.
    let chrome = recording.to_chrome_json();
    Json::from(&chrome);
    // HTML: every script that ends began as one of the page's own, and nothing opens a comment.
    let html = recording.to_html();
    let (lower, plain) = (
        html.to_lowercase(),
        Recording::new().to_html().to_lowercase(),
    );
    for tag in ["<script", "</script", "<!--", "<b>"] {
        let count = |text: &str| text.matches(tag).count();
        assert!(
            count(&lower) <= count(&plain).max(lower.matches("<script").count()),
            "{tag}"
        );
    }
    assert_eq!(
        lower.matches("<script").count(),
        lower.matches("</script").count()
    );
    assert_eq!(lower.matches("<!--").count(), plain.matches("<!--").count());
    assert!(!lower.contains("<b>\"file\""));
    // The table: a row is a line, and no control character reaches the terminal.
    let table = recording.to_table();
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!table.contains(control), "{:?}", table.find(control));
    let rows = table.lines().filter(|line| line.contains("script")).count();
    assert!(rows >= 4);
}

#[test]
fn no_rendering_moves_the_cursor_or_turns_the_text() {
    // Control characters, which some terminals obey also where they are one of eight bits; and, in the table, what
    // has a line read from right to left.
    const CONTROLS: &str = "\u{7f}\u{80}\u{85}\u{9b}2J\u{9f}";
    const TURNS: &str = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}";
    let (w, recording) = recorded(|builder| builder);
    w.h.note(CONTROLS);
    w.h.note(TURNS);
    let is_control = |c: char| c.is_control() && c != '\n';
    for text in renderings(&recording) {
        assert!(!text.contains(is_control), "{text:?}");
    }
    let records = lines(&recording);
    assert_eq!(steps(&records, "note")[0]["text"].text(), CONTROLS);
    let table = recording.to_table();
    assert!(!table.contains(|c: char| TURNS.contains(c)), "{table:?}");
    assert!(table.contains("> \\u{61c}\\u{200e}"), "{table:?}");
}

#[test]
fn the_sources_are_shown_by_the_page() {
    // `add_source`: the page holds the text of the file, escaped; other renderings do not change.
    let (w, recording) = recorded(|builder| builder);
    w.say("a");
    w.run();
    let before = renderings(&recording);
    recording.add_source("src/shop.rs", "fn open() -> bool { 1 < 2 && true }\n");
    let after = renderings(&recording);
    assert_eq!(before[..3], after[..3]);
    assert!(after[3].contains("src/shop.rs"));
    assert!(after[3].contains("fn open()"));
}

#[test]
fn the_sources_are_one_object_with_a_member_for_each() {
    let recording = Recording::new();
    recording.add_source("a.rs", "one");
    recording.add_source("b.rs", "two");
    let sources = r#"{"a.rs":"one","b.rs":"two"}"#;
    assert!(recording.to_html().contains(sources));
}

#[test]
fn the_page_holds_the_lines_as_one_array() {
    let (_w, recording) = all_there_is();
    let lines = recording.to_json_lines();
    let array = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
    assert!(recording.to_html().contains(&array));
    assert!(!Recording::new().to_html().contains(",\n{"));
}

#[test]
fn what_is_written_is_what_is_rendered() {
    // `write_*` are the twins of `to_*`, and give on the writer's error.
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("disk full"))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (_w, recording) = all_there_is();
    let write = |n: usize, to: &mut dyn io::Write| {
        let mut to = to;
        match n {
            0 => recording.write_table(&mut to),
            1 => recording.write_json_lines(&mut to),
            2 => recording.write_chrome_json(&mut to),
            _ => recording.write_html(&mut to),
        }
    };
    for (n, text) in renderings(&recording).into_iter().enumerate() {
        let mut written = Vec::new();
        write(n, &mut written).unwrap();
        assert!(written == text.as_bytes(), "rendering {n} differs");
        assert_eq!(write(n, &mut Full).unwrap_err().to_string(), "disk full");
    }
}

#[test]
fn renderings_do_not_depend_on_the_cursor() {
    // They show all the records.
    let (_w, recording) = all_there_is();
    let before = renderings(&recording);
    for _ in 0..10 {
        recording.undo().unwrap();
    }
    let after = renderings(&recording);
    assert!(before == after);
}

/// A timer, and then others, until the loop has slept. Where the machine is slow, one may be due before the loop
/// can sleep: each takes twice as long as the one before.
fn set_until_it_slept(h: &LoopHandle, time: Duration, recording: Recording) {
    h.set_timeout(time, move |h| {
        if steps(&lines(&recording), "slept").is_empty() {
            set_until_it_slept(h, time * 2, recording);
        }
    });
}

#[test]
fn a_trace_on_the_system_clock_can_be_undone_as_well() {
    // Sleeping and waking are steps; what was recorded builds up to the same states.
    in_time(|| {
        let recording = Recording::new();
        let event_loop = EventLoop::builder().inspector(recording.clone()).build();
        let h = event_loop.handle();
        h.post(NUM, 1).unwrap();
        set_until_it_slept(&h, ms(2), recording.clone());
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        let records = lines(&recording);
        let mut replay = Replay::default();
        for (k, record) in (1..).zip(&records) {
            replay.apply(record);
            assert_eq!(Json::from(&recording.state_at(k).to_json()), replay.json());
        }
        while recording.undo().is_some() {}
        assert_eq!(recording.state(), State::default());
    });
}

/// Does something when it is told of a step with this name for the first time, after the trace has kept it.
struct Meddler {
    recording: Recording,
    at: &'static str,
    job: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Inspector for Meddler {
    fn record(&self, record: &Record) {
        self.recording.record(record);
        if record.to_string().starts_with(self.at) {
            if let Some(job) = self.job.take() {
                job();
            }
        }
    }
}

/// A world whose inspector meddles with its queue.
fn meddled(at: &'static str, job: impl Fn(&EventQueue) + 'static) -> (World, Recording) {
    let (recording, later) = (Recording::new(), Later::default());
    let h = later.clone();
    let meddler = Meddler {
        recording: recording.clone(),
        at,
        job: RefCell::new(Some(Box::new(move || job(&h.get().unwrap().queue())))),
    };
    let w = World::built(|builder| builder.inspector(meddler));
    later.set(&w.h);
    (w, recording)
}

/// Posts words from another thread.
fn mail(w: &World, words: &'static [&str]) {
    let proxy = w.h.proxy();
    in_time(move || {
        for word in words {
            proxy.post(SAY, *word).unwrap();
        }
    });
}

/// Proves that the trace shows the queue as it is, and can be undone.
#[track_caller]
fn is_true(recording: &Recording, w: &World) {
    assert_eq!(recording.state().queue(), w.h.queue().events());
    while recording.undo().is_some() {}
    assert_eq!(recording.state(), State::default());
}

#[test]
fn what_comes_in_together_is_told_of_before_what_an_inspector_does() {
    // Letters, which an inspector takes out when it is told of the first.
    let others = |queue: &EventQueue| {
        let others = ids(queue).into_iter().skip(1);
        others.for_each(|id| _ = queue.cancel(id));
    };
    let (w, recording) = meddled("post", others);
    mail(&w, &["a", "b", "c"]);
    w.runs("a");
    is_true(&recording, &w);

    let (w, recording) = meddled("post", |queue| _ = queue.clear());
    mail(&w, &["a", "b", "c"]);
    w.runs("");
    is_true(&recording, &w);
}

#[test]
fn what_comes_in_is_told_of_without_what_was_there() {
    // In all lanes; the first letter continues what waits in its own.
    let (w, recording) = recorded(|builder| builder);
    for lane in [Lane::High, Lane::Low, Lane::High, Lane::Low, Lane::Normal] {
        w.h.post_with(SAY, "own", lane).unwrap();
    }
    let before = recording.records().len();
    let proxy = w.h.proxy();
    in_time(move || {
        for lane in [Lane::Normal, Lane::Low, Lane::High, Lane::Low, Lane::Normal] {
            proxy.post_with(SAY, "letter", lane).unwrap();
        }
    });
    ran(w.event_loop.turn());
    let posted = |record: &Record| match record.step() {
        Step::Posted(event) => Some(format!("{} {:?}", event.id(), event.lane())),
        _ => None,
    };
    let told = recording.records();
    let told: Vec<_> = told[before..].iter().filter_map(posted).collect();
    assert_eq!(
        told,
        ["#6 Normal", "#7 Low", "#8 High", "#9 Low", "#10 Normal"]
    );
    is_true(&recording, &w);
}

#[test]
fn what_goes_together_is_told_of_before_what_an_inspector_does() {
    // The same event cannot be posted again: ids are not used twice. It is the order that is told.
    let (w, recording) = meddled("cancel", |queue| _ = queue.post(SAY, "d"));
    for word in ["a", "b", "c"] {
        w.say(word);
    }
    assert_eq!(w.h.queue().clear(), 3);
    let told = recording.records();
    let told: Vec<_> = told.iter().map(|record| record.step().clone()).collect();
    let is_post = |step: &Step| matches!(step, Step::Posted(_));
    assert_eq!(told.iter().rposition(is_post), Some(told.len() - 1));
    is_true(&recording, &w);
}

#[test]
fn what_an_inspector_that_panicked_was_not_told_of_it_is_told_next() {
    // All of what is done together, at the first of which it panics.
    let panics = |_: &EventQueue| panic!("inspector");
    let (w, recording) = meddled("post", panics);
    mail(&w, &["a", "b", "c"]);
    assert_eq!(panic_text(|| w.event_loop.run()), "inspector");
    w.runs("a b c");
    is_true(&recording, &w);

    let (w, recording) = meddled("cancel", panics);
    for word in ["a", "b", "c"] {
        w.say(word);
    }
    assert_eq!(panic_text(|| w.h.queue().clear()), "inspector");
    w.h.note("next");
    is_true(&recording, &w);
}

#[test]
fn a_trace_goes_on_where_the_program_unwound() {
    // The frames that a panic took are left, one by one, and the next run's are entered from depth 1.
    let (w, recording) = recorded(|builder| builder);
    w.event_loop.emitter().on(NUM, |_| panic!("boom"));
    w.act(|h| _ = h.emit(NUM, 1));
    panic_text(|| w.event_loop.run());
    assert_eq!(recording.state().call_stack(), []);
    w.say("a");
    w.run();
    let records = lines(&recording);
    let depths = records.iter().filter_map(|record| {
        let depth = record.get("frame")?["depth"].number();
        Some(format!("{}{depth}", &record["step"].text()[..1]))
    });
    let depths: Vec<_> = depths.collect();
    assert_eq!(depths.join(" "), "e1 e2 e3 e4 l4 l3 l2 l1 e1 e2 l2 l1");
}
