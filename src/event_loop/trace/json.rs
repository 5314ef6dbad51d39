//! Records and states as JSON.

use std::fmt::{self, Display, Write};
use std::time::Duration;

use super::{State, View};
use crate::event_loop::call_stack::Frame;
use crate::event_loop::id::Cause;
use crate::event_loop::queued::QueuedEvent;
use crate::event_loop::record::{Ending, Record, Step, TaskInfo, TimerInfo};

/// One object a line.
pub(super) fn render_lines(view: &View<'_>, out: &mut impl Write) -> fmt::Result {
    view.records.iter().try_for_each(|each| {
        record(each, out)?;
        out.write_char('\n')
    })
}

/// A string, as JSON writes it. `<` is escaped as well, so that no text ends a script in a page; and all control
/// characters, since lines are read in terminals.
pub(super) struct Text<T>(pub(super) T);

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        write!(Escaped(f), "{}", self.0)?;
        f.write_char('"')
    }
}

struct Escaped<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '"' => self.0.write_str("\\\""),
            '\\' => self.0.write_str("\\\\"),
            '\n' => self.0.write_str("\\n"),
            c if c.is_control() || matches!(c, '<' | '\u{2028}' | '\u{2029}') => {
                write!(self.0, "\\u{:04x}", u32::from(c))
            }
            c => self.0.write_char(c),
        })
    }
}

/// A value, or `null`.
struct OrNull<T>(Option<T>);

impl<T: Display> Display for OrNull<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => write!(f, "{value}"),
            None => f.write_str("null"),
        }
    }
}

fn text<T: Display>(value: Option<T>) -> OrNull<Text<T>> {
    OrNull(value.map(Text))
}

fn nanos(time: Option<Duration>) -> OrNull<u128> {
    OrNull(time.map(|time| time.as_nanos()))
}

fn record(record: &Record, out: &mut impl Write) -> fmt::Result {
    write!(
        out,
        r#"{{"seq":{},"at_ns":{},"step":"{}","text":{},"location":{}"#,
        record.seq,
        record.at.as_nanos(),
        record.step.name(),
        Text(record),
        text(record.location()),
    )?;
    match &record.step {
        Step::Posted(event)
        | Step::Taken(event)
        | Step::Cancelled(event)
        | Step::Evicted(event) => write!(out, r#","event":{}"#, Json(event))?,
        Step::Entered(frame) => write!(out, r#","frame":{}"#, Json(frame))?,
        Step::Left(frame, ending) => {
            let detail = match ending {
                Ending::Failed(why) => Some(why),
                _ => None,
            };
            let (outcome, detail) = (ending.as_str(), text(detail));
            write!(
                out,
                r#","frame":{},"outcome":"{outcome}","detail":{detail}"#,
                Json(frame)
            )?;
        }
        Step::MicrotaskQueued(task)
        | Step::MicrotaskTaken(task)
        | Step::IdleQueued(task)
        | Step::IdleTaken(task) => write!(out, r#","task":{}"#, Json(task))?,
        Step::TimerSet(timer)
        | Step::TimerDue(timer)
        | Step::TimerCleared(timer)
        | Step::TimerRef(timer) => write!(out, r#","timer":{}"#, Json(timer))?,
        Step::Slept(until) => write!(out, r#","until_ns":{}"#, nanos(*until))?,
        Step::Stepped(to) => write!(out, r#","to_ns":{}"#, to.as_nanos())?,
        Step::Exited(exit) => write!(out, r#","exit":"{}""#, exit.as_str())?,
        Step::Slow(slow) => {
            let (took, threshold) = (slow.took.as_nanos(), slow.threshold.as_nanos());
            write!(out, r#","took_ns":{took},"threshold_ns":{threshold}"#)?;
        }
        Step::LimitReached(limit) => write!(out, r#","limit":{limit}"#)?,
        Step::Woken | Step::Stop | Step::Note(..) => {}
    }
    out.write_char('}')
}

pub(super) fn state(state: &State, out: &mut impl Write) -> fmt::Result {
    write!(
        out,
        r#"{{"time_ns":{},"stack":{},"microtasks":{},"queue":{},"timers":{},"idle":{}}}"#,
        state.time().as_nanos(),
        List(state.call_stack()),
        List(state.microtasks()),
        List(state.queue()),
        List(state.timers()),
        List(state.idle()),
    )
}

/// All records, as one array.
pub(super) fn array(records: &[Record], out: &mut impl Write) -> fmt::Result {
    out.write_char('[')?;
    for (at, each) in records.iter().enumerate() {
        if at > 0 {
            out.write_str(",\n")?;
        }
        record(each, out)?;
    }
    out.write_char(']')
}

/// Something that is an object in JSON.
struct Json<'a, T>(&'a T);

struct List<'a, T>(&'a [T]);

impl<'a, T> Display for List<'a, T>
where
    Json<'a, T>: Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (at, item) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma}{}", Json(item))?;
        }
        f.write_char(']')
    }
}

impl Display for Json<'_, Cause> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id) = match *self.0 {
            Cause::Outside => ("outside", None),
            Cause::Event(id) => ("event", Some(id.0)),
            Cause::Microtask(id) => ("microtask", Some(id.0)),
            Cause::Idle(id) => ("idle", Some(id.0)),
            Cause::Thread => ("thread", None),
        };
        write!(f, r#"{{"kind":"{kind}","id":{}}}"#, OrNull(id))
    }
}

impl Display for Json<'_, QueuedEvent> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.0;
        write!(
            f,
            r#"{{"id":{},"event":{},"lane":"{}","label":{},"location":{},"posted_at_ns":{},"cause":{},"timer":{}}}"#,
            event.id.0,
            Text(event.event),
            event.lane.as_str(),
            text(event.label),
            Text(event.location),
            nanos(event.posted_at),
            Json(&event.cause),
            OrNull(event.timer.map(|timer| timer.number)),
        )
    }
}

impl Display for Json<'_, Frame> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.0;
        write!(
            f,
            r#"{{"kind":"{}","event":{},"label":{},"location":{},"depth":{},"id":{}}}"#,
            frame.kind.as_str(),
            text(frame.event),
            text(frame.label),
            text(frame.location),
            frame.depth,
            OrNull(frame.origin.number()),
        )
    }
}

impl Display for Json<'_, TaskInfo> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = self.0;
        write!(
            f,
            r#"{{"id":{},"location":{},"cause":{}}}"#,
            task.id.0,
            Text(task.location),
            Json(&task.cause),
        )
    }
}

impl Display for Json<'_, TimerInfo> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timer = self.0;
        write!(
            f,
            r#"{{"id":{},"event":{},"deadline_ns":{},"period_ns":{},"weak":{},"location":{},"cause":{}}}"#,
            timer.id.number,
            text(timer.event),
            nanos(timer.deadline),
            nanos(timer.period),
            timer.is_weak,
            Text(timer.location),
            Json(&timer.cause),
        )
    }
}
