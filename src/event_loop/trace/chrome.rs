//! A trace in the format of Chrome's trace viewer, which Perfetto opens.
//!
//! Frames are nested slices of one thread. An event's time in the queue is an async slice of its own,
//! from its post to its turn. A flow, an arrow, leads from each post, and from each setting of a timer, to
//! the frame that came of it; both ends are in slices, since that is what arrows are bound to.
//!
//! Steps at one instant, of which a virtual clock gives many, would hide one another: each is drawn at
//! least a microsecond behind the one before. The true time is among the arguments.
//!
//! # Source
//! "Trace Event Format", the Chromium project. Times are in microseconds.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::View;
use super::json::Text;
use crate::event_loop::call_stack::{Frame, Origin};
use crate::event_loop::queued::QueuedEvent;
use crate::event_loop::record::{FrameText, Record, Step};

pub(super) fn render(view: &View<'_>, out: &mut impl Write) -> fmt::Result {
    out.write_str("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n")?;
    out.write_str(r#"{"ph":"M","pid":1,"tid":1,"name":"process_name","args":{"name":"oyez"}}"#)?;
    let mut drawing = Drawing {
        out,
        nanos: 0,
        settings: BTreeMap::new(),
        turns: BTreeMap::new(),
    };
    view.records
        .iter()
        .try_for_each(|record| drawing.record(record))?;
    out.write_str("\n]}\n")
}

struct Drawing<'a, W> {
    out: &'a mut W,
    /// Where the last step was drawn.
    nanos: u128,
    /// The record in which each timer was set last.
    settings: BTreeMap<u64, u64>,
    /// The record in which the timer was set whose turn an event is.
    turns: BTreeMap<u64, u64>,
}

impl<W: Write> Drawing<'_, W> {
    /// Draws what one record becomes: some objects, all with one time.
    fn record(&mut self, record: &Record) -> fmt::Result {
        self.nanos = record.at.as_nanos().max(self.nanos + 1000);
        match &record.step {
            Step::Posted(event) => {
                self.waits("b", event, record)?;
                match event.timer {
                    None => self.leads("event", event.id.0, record),
                    Some(timer) => {
                        // The arrow to its turn comes from where the timer was set.
                        let setting = self.settings.get(&timer.number).copied();
                        self.turns.insert(event.id.0, setting.unwrap_or(0));
                        Ok(())
                    }
                }
            }
            Step::Taken(event) | Step::Cancelled(event) | Step::Evicted(event) => {
                self.waits("e", event, record)
            }
            Step::Entered(frame) => self.begins(frame, record),
            Step::Left(..) => self.write("E", None, ""),
            Step::MicrotaskQueued(task) | Step::IdleQueued(task) => {
                self.leads("task", task.id.0, record)
            }
            Step::TimerSet(timer) => {
                self.settings.insert(timer.id.number, record.seq);
                self.leads("timer", record.seq, record)
            }
            Step::MicrotaskTaken(_) | Step::IdleTaken(_) | Step::TimerDue(_) => Ok(()),
            _ => self.instant(record),
        }
    }

    /// One end of an event's time in the queue.
    fn waits(&mut self, phase: &str, event: &QueuedEvent, record: &Record) -> fmt::Result {
        let (id, lane) = (event.id.0, event.lane.as_str());
        let more = format!(
            r#","cat":"queue","id":{id},"args":{{"at_ns":{},"cause":{},"lane":"{lane}","where":{}}}"#,
            record.at.as_nanos(),
            Text(event.cause),
            Text(event.location),
        );
        self.write(phase, Some(event.event), &more)
    }

    fn begins(&mut self, frame: &Frame, record: &Record) -> fmt::Result {
        let more = self.more(frame.kind.as_str(), record);
        self.write("B", Some(&FrameText(frame).to_string()), &more)?;
        match frame.origin {
            Origin::Call => Ok(()),
            Origin::Task(id) => self.arrow("f", "task", id.0),
            Origin::Event(id) => match self.turns.remove(&id.0) {
                Some(setting) => self.arrow("f", "timer", setting),
                None => self.arrow("f", "event", id.0),
            },
        }
    }

    /// A step that something comes of: a slice as short as can be, and an arrow from there. Arrows are
    /// bound to slices.
    fn leads(&mut self, kind: &str, id: u64, record: &Record) -> fmt::Result {
        let more = self.more(record.step.name(), record);
        let more = format!(r#","dur":0.5{more}"#);
        self.write("X", Some(&record.to_string()), &more)?;
        self.arrow("s", kind, id)
    }

    fn instant(&mut self, record: &Record) -> fmt::Result {
        let more = self.more(record.step.name(), record);
        let more = format!(r#","s":"t"{more}"#);
        self.write("i", Some(&record.to_string()), &more)
    }

    /// One end of an arrow; it is bound to the slice around it.
    fn arrow(&mut self, phase: &str, kind: &str, id: u64) -> fmt::Result {
        let end = if phase == "f" { r#","bp":"e""# } else { "" };
        // Readers take the id for a number, and tell arrows apart by name, category and id.
        let more = format!(r#","cat":"cause","id":{id}{end}"#);
        self.write(phase, Some(kind), &more)
    }

    fn more(&self, kind: &str, record: &Record) -> String {
        let location = record.location().map(ToString::to_string);
        let (at, location) = (record.at.as_nanos(), Text(location.unwrap_or_default()));
        format!(r#","cat":"{kind}","args":{{"at_ns":{at},"where":{location}}}"#)
    }

    /// One object of the kind `phase`; an `E` has no name. `more` are further members, each with a comma before it.
    fn write(&mut self, phase: &str, name: Option<&str>, more: &str) -> fmt::Result {
        let (micros, nanos) = (self.nanos / 1000, self.nanos % 1000);
        write!(
            self.out,
            ",\n{{\"ph\":\"{phase}\",\"pid\":1,\"tid\":1,\"ts\":{micros}.{nanos:03}"
        )?;
        if let Some(name) = name {
            write!(self.out, ",\"name\":{}", Text(name))?;
        }
        write!(self.out, "{more}}}")
    }
}
