//! A trace in the format of Chrome's trace viewer, which Perfetto opens.
//!
//! Frames are nested slices of one thread. An event's time in the queue is an async slice of its own,
//! from its post to its turn. A flow, an arrow, leads from each post, and from each timer's setting, to
//! the frame that came of it.
//!
//! Steps at one instant, of which a virtual clock gives many, would hide one another: each is drawn at
//! least a microsecond behind the one before. The true time is among the arguments.
//!
//! # Source
//! "Trace Event Format", the Chromium project. Times are in microseconds.

use std::fmt::{self, Write};

use super::View;
use super::json::Text;
use crate::event_loop::call_stack::{Frame, Origin};
use crate::event_loop::queued::QueuedEvent;
use crate::event_loop::record::{Bare, Record, Step};

pub(super) fn render(view: &View<'_>, out: &mut impl Write) -> fmt::Result {
    out.write_str("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n")?;
    out.write_str(r#"{"ph":"M","pid":1,"tid":1,"name":"process_name","args":{"name":"oyez"}}"#)?;
    let mut drawing = Drawing {
        out,
        nanos: 0,
        turn: None,
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
    /// The event whose turn it is.
    turn: Option<QueuedEvent>,
}

impl<W: Write> Drawing<'_, W> {
    /// Draws what one record becomes: some objects, all with one time.
    fn record(&mut self, record: &Record) -> fmt::Result {
        self.nanos = record.at.as_nanos().max(self.nanos + 1000);
        match &record.step {
            Step::Posted(event) => {
                self.waits("b", event, record)?;
                // The arrow to a timer's turn comes from where it was set.
                event
                    .timer
                    .map_or_else(|| self.arrow("s", "event", event.id.0), |_| Ok(()))
            }
            Step::Taken(event) => {
                self.turn = Some(*event);
                self.waits("e", event, record)
            }
            Step::Cancelled(event) | Step::Evicted(event) => self.waits("e", event, record),
            Step::Entered(frame) => self.begins(frame, record),
            Step::Left(..) => self.write("E", "", ""),
            Step::MicrotaskQueued(task) | Step::IdleQueued(task) => {
                self.arrow("s", "task", task.id.0)
            }
            Step::TimerSet(timer) => {
                self.instant(record)?;
                self.arrow("s", "timer", timer.id.number)
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
        self.write(phase, event.event, &more)
    }

    fn begins(&mut self, frame: &Frame, record: &Record) -> fmt::Result {
        let more = self.more(frame.kind.as_str(), record);
        self.write("B", &Bare(frame).to_string(), &more)?;
        let timer = self.turn.and_then(|turn| turn.timer);
        match (frame.origin, timer) {
            (Origin::Call, _) => Ok(()),
            (Origin::Task(id), _) => self.arrow("f", "task", id.0),
            (Origin::Event(_), Some(timer)) => self.arrow("f", "timer", timer.number),
            (Origin::Event(id), None) => self.arrow("f", "event", id.0),
        }
    }

    fn instant(&mut self, record: &Record) -> fmt::Result {
        let more = self.more(record.step.name(), record);
        let more = format!(r#","s":"t"{more}"#);
        self.write("i", &record.to_string(), &more)
    }

    /// One end of an arrow; it is bound to the slice around it.
    fn arrow(&mut self, phase: &str, kind: &str, id: u64) -> fmt::Result {
        let end = if phase == "f" { r#","bp":"e""# } else { "" };
        let more = format!(r#","cat":"cause","id":"{kind} {id}"{end}"#);
        self.write(phase, kind, &more)
    }

    fn more(&self, kind: &str, record: &Record) -> String {
        let location = record.location().map(ToString::to_string);
        let (at, location) = (record.at.as_nanos(), Text(location.unwrap_or_default()));
        format!(r#","cat":"{kind}","args":{{"at_ns":{at},"where":{location}}}"#)
    }

    /// One object of the kind `phase`; `more` are further members, each with a comma before it.
    fn write(&mut self, phase: &str, name: &str, more: &str) -> fmt::Result {
        let (micros, nanos) = (self.nanos / 1000, self.nanos % 1000);
        write!(
            self.out,
            ",\n{{\"ph\":\"{phase}\",\"pid\":1,\"tid\":1,\"ts\":{micros}.{nanos:03}"
        )?;
        if !name.is_empty() {
            write!(self.out, ",\"name\":{}", Text(name))?;
        }
        write!(self.out, "{more}}}")
    }
}
