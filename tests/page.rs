//! The page of a trace, in a real browser: what it displays, step by step, is what the loop held.
//!
//! The checks themselves are in `page/check.js` and run inside of the page, in Chromium without a
//! window: the one that `OYEZ_BROWSER` names, or one in `PATH`. Where there is none these tests say so
//! and pass; with `OYEZ_BROWSER_REQUIRED=1` they fail.

use oyez::event_loop::{
    Clock, EventLoop, Exit, Lane, LoopHandle, Overflow, PostOptions, Step, TASK_ERROR, Trace,
    VirtualClock,
};
use oyez::meta::LISTENER_ERROR;
use oyez::{Event, Flow, PanicPolicy};
use std::cell::Cell;
use std::env;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// How long a browser may take; most take a few seconds.
const TIME: Duration = Duration::from_secs(120);

const GO: Event<()> = Event::new("go");
const INNER: Event<u32> = Event::new("inner");
const LATER: Event<()> = Event::new("later");
const FAILS: Event<()> = Event::new("fails");
const SCRIPT: Event<()> = Event::new("</script><script>window.hacked = 1</script>");
const IMAGE: Event<()> = Event::new("<img src=x onerror='hacked = 1'> & \"quoted\" <b>`bold`</b>");
const UNICODE: Event<()> = Event::new("naïve ☃ 日本語 \u{202e}עברית \u{2028} \\u003c");
const LONG: Event<()> = Event::new(
    "a_name_that_is_longer_than_any_line_on_any_telephone_and_has_no_place_to_break_it_at_all_really",
);

/// Virtual time, under which a loop still sleeps if it is told to.
struct Hands(VirtualClock, Rc<Cell<bool>>);

impl Clock for Hands {
    fn now(&self) -> Instant {
        self.0.now()
    }

    fn is_virtual(&self) -> bool {
        !self.1.get()
    }

    fn step_to(&self, deadline: Instant) {
        self.0.step_to(deadline);
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A program in which every kind of step happens.
fn everything() -> Trace {
    let trace = Trace::new();
    trace.add_source(file!(), include_str!("page.rs"));
    let clock = VirtualClock::new();
    let sleeps = Rc::new(Cell::new(true));
    let event_loop = EventLoop::builder()
        .clock(Hands(clock.clone(), sleeps.clone()))
        .capacity(8)
        .overflow(Overflow::DropOldest)
        .panics(PanicPolicy::Isolate)
        .slow_threshold(ms(5))
        .inspector(trace.clone())
        .build();
    let handle = event_loop.handle();
    let emitter = event_loop.emitter();

    for event in [SCRIPT, IMAGE, UNICODE, LONG] {
        let h = handle.clone();
        emitter.listen(event).label(event.name()).on(move |()| {
            h.note("said \"</script>\" & <b>`this`</b>\nin two lines");
            h.queue_microtask(|h: &LoopHandle| h.queue_microtask(|_| ()));
        });
    }
    // Nested: eight frames deep, and a little more room in each lane.
    let h = handle.clone();
    emitter.on(INNER, move |&depth| {
        if depth > 0 {
            h.emit(INNER, depth - 1);
        } else {
            h.note("as deep as it gets");
        }
    });
    let (h, hands) = (handle.clone(), clock.clone());
    emitter.on(GO, move |()| {
        h.emit(INNER, 3);
        h.queue_microtask(|h: &LoopHandle| h.note("microtask"));
        h.queue_microtask(|_| -> oyez::Result { Err("no luck".into()) });
        h.post_with(LATER, (), Lane::Low).unwrap();
        h.post_with(LATER, (), Lane::High).unwrap();
        h.post_with(SCRIPT, (), PostOptions::new().label("a <label>"))
            .unwrap();
        h.set_timeout(ms(3), |h: &LoopHandle| h.note("timeout"));
        hands.advance(ms(7));
    });
    let mut left = 3;
    handle.set_interval(ms(2), move |h: &LoopHandle| {
        h.note(format!("{left} left"));
        left -= 1;
        if left == 0 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    emitter.on(FAILS, |()| -> oyez::Result {
        Err("no <i>such</i> file".into())
    });
    emitter.on(FAILS, |()| panic!("on purpose"));
    let h = handle.clone();
    emitter.on(LISTENER_ERROR, move |error| h.note(error.to_string()));
    emitter.on(TASK_ERROR, |_| ());

    // Timers of all kinds.
    let never = handle.set_timeout(Duration::MAX, |_| ());
    handle.post_after(ms(1), UNICODE, ());
    handle.post_after(ms(30), IMAGE, ());
    let weak = handle.set_interval(ms(1_000_000), |_| ());
    handle.unref_timer(weak);
    handle.ref_timer(weak);
    handle.unref_timer(weak);
    handle.clear_timer(never);

    // A sleep that ends at once: the wake is kept until somebody sleeps.
    let proxy = event_loop.proxy();
    proxy.wake();
    let mut has_run = false;
    let until = |_: &LoopHandle| std::mem::replace(&mut has_run, true);
    assert_eq!(event_loop.run_until(until), Ok(Exit::Reached));
    sleeps.set(false);

    // From another thread, which is over before the loop runs.
    let other = thread::spawn(move || proxy.post(LATER, ()).unwrap());
    other.join().unwrap();

    // More posts than there is room for, in all lanes; one of them taken back.
    for lane in [Lane::Low, Lane::Normal, Lane::High] {
        for event in [IMAGE, UNICODE, LONG] {
            handle.post_with(event, (), lane).unwrap();
        }
    }
    let last = handle.post_with(SCRIPT, (), Lane::High).unwrap();
    assert!(handle.cancel(last));
    handle.post(GO, ()).unwrap();
    handle.post(FAILS, ()).unwrap();
    handle.queue_idle(|h: &LoopHandle| {
        h.queue_idle(|h: &LoopHandle| {
            h.post(LATER, ()).unwrap();
        });
    });
    handle.queue_idle(|_| ());

    handle.stop();
    assert_eq!(event_loop.run(), Ok(Exit::Stopped));
    assert_eq!(event_loop.run_for(ms(20)), Ok(Exit::Reached));
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    for _ in 0..3 {
        handle.post(GO, ()).unwrap();
    }
    handle.queue().clear();

    let lines = trace.to_json_lines();
    for step in [
        "posted",
        "taken",
        "cancelled",
        "evicted",
        "entered",
        "left",
        "microtask_queued",
        "microtask_taken",
        "idle_queued",
        "idle_taken",
        "timer_set",
        "timer_due",
        "timer_cleared",
        "timer_ref",
        "slept",
        "woken",
        "stepped",
        "stop",
        "exited",
        "note",
        "slow",
    ] {
        let step = format!(r#""step":"{step}""#);
        assert!(lines.contains(&step), "the program lacks {step}");
    }
    trace
}

/// The states after 0, 1, .. records, as a JSON array.
fn states(trace: &Trace) -> String {
    array((0..=trace.len()).map(|count| trace.state_at(count).to_json()))
}

fn array(items: impl Iterator<Item = impl Display>) -> String {
    let items: Vec<_> = items.map(|item| item.to_string()).collect();
    format!("[{}]", items.join(","))
}

/// What the page runs before all else: whatever it complains of is kept.
const LISTENER: &str = r#"<script>
    window.trouble = [];
    addEventListener("error", event => trouble.push(event.message), true);
    addEventListener("unhandledrejection", event => trouble.push(String(event.reason)));
    addEventListener("securitypolicyviolation", event => trouble.push(event.violatedDirective + " " + event.blockedURI));
    for (const level of ["error", "warn"]) console[level] = (...what) => trouble.push(what.join(" "));
</script>"#;

/// A page as narrow as a phone, which hands on what the page in it tells.
const PHONE: &str = r#"<!doctype html><iframe src="page.html#3" style="width: 390px; height: 844px; border: 0"></iframe>
<script>onmessage = event => document.documentElement.replaceChildren("@@" + event.data + "@@")</script>"#;

/// Opens the page of `trace` in a browser and lets it check itself.
#[track_caller]
fn check(mode: &str, trace: &Trace, expected: &str) {
    let browser = match browser() {
        Ok(browser) => browser,
        Err(why)
            if env::var_os("OYEZ_BROWSER_REQUIRED").is_some_and(|required| required == "1") =>
        {
            panic!("a browser is required, and {why}")
        }
        Err(why) => {
            // Past the capture of what tests print: a test that did not run should not look as if.
            let line = format!("page test `{mode}` is skipped: {why}\n");
            io::stderr().write_all(line.as_bytes()).unwrap();
            return;
        }
    };
    let html = trace.to_html();
    assert_eq!(html.matches("<head>").count(), 1);
    assert_eq!(html.matches("</body>").count(), 1);
    let checks = format!(
        "<script type=\"application/json\" id=\"expected\">{expected}</script>\n\
         <script type=\"application/json\" id=\"mode\">\"{mode}\"</script>\n\
         <script>{}</script></body>",
        include_str!("page/check.js")
    );
    let html = html
        .replace("<head>", &format!("<head>{LISTENER}"))
        .replace("</body>", &checks);

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{mode}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("page.html"), html).unwrap();
    fs::write(folder.join("phone.html"), PHONE).unwrap();
    let page = if mode == "phone" {
        "phone.html"
    } else {
        "page.html#3"
    };

    let report = report(&browser, &folder, page, mode == "phone");
    assert!(report.starts_with("passed"), "page test `{mode}` {report}");
}

/// Runs the browser until the page has told what it found.
#[track_caller]
fn report(browser: &Path, folder: &Path, page: &str, is_calm: bool) -> String {
    let mut command = Command::new(browser);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1280,900",
        // Time that passes as fast as there is nothing to do: plays take none.
        "--virtual-time-budget=120000",
        "--dump-dom",
    ]);
    if is_calm {
        command.arg("--force-prefers-reduced-motion");
    }
    let profile = folder.join("profile").display().to_string();
    command.arg(format!("--user-data-dir={profile}"));
    command.arg(format!("file://{}", folder.join(page).display()));
    // A browser hangs now and then before it has loaded anything.
    let output = output(&mut command).or_else(|| output(&mut command));
    let output = output.expect("the browser ends");
    let document = String::from_utf8_lossy(&output.stdout);
    let told = document.split("@@").nth(1);
    let told = told.unwrap_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("the page told nothing; the browser said:\n{said}")
    });
    told.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// What the browser puts out; `None` if it has not ended in time, and was ended.
fn output(command: &mut Command) -> Option<Output> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the browser starts");
    let id = child.id().to_string();
    let (ended, end) = channel();
    // Nobody may be there any more to be told.
    thread::spawn(move || _ = ended.send(child.wait_with_output()));
    let output = end.recv_timeout(TIME).ok();
    if output.is_none() {
        let killed = Command::new("kill").args(["-KILL", &id]).status();
        killed.expect("there is a `kill` where there is a browser");
    }
    output.map(|output| output.expect("the browser can be waited for"))
}

/// Finds a browser; or says why there is none.
fn browser() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("OYEZ_BROWSER") {
        return Ok(named.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|browser| browser.is_file())
        .ok_or_else(|| format!("there is none of {names:?} in PATH, and no OYEZ_BROWSER"))
}

#[test]
fn page_displays_what_the_loop_held_at_each_step() {
    let trace = everything();
    check("desk", &trace, &states(&trace));
}

#[test]
fn page_fits_a_phone() {
    let trace = everything();
    check("phone", &trace, &states(&trace));
}

#[test]
fn page_of_an_empty_trace_says_so() {
    let trace = Trace::new();
    check("empty", &trace, &states(&trace));
}

#[test]
fn page_of_many_records_stays_small() {
    let trace = Trace::new();
    let event_loop = EventLoop::builder()
        .clock(VirtualClock::new())
        .inspector(trace.clone())
        .build();
    for at in 0..2500 {
        let lane = [Lane::High, Lane::Normal, Lane::Low][at % 3];
        event_loop.handle().post_with(LATER, (), lane).unwrap();
    }
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    let records = trace.records();
    assert!(records.len() >= 10_000, "{}", records.len());

    let mut queued = 0;
    let lengths = records.iter().map(|record| {
        match record.step() {
            Step::Posted(_) => queued += 1,
            Step::Taken(_) => queued -= 1,
            _ => {}
        }
        queued
    });
    let lengths = array([0].into_iter().chain(lengths));
    check("many", &trace, &lengths);
}
