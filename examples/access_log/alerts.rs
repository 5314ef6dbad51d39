//! A listener that turns news into an alert, and knows nobody who will read it.

use oyez::local::{EventEmitter, WeakEmitter};

use crate::lines::shown;
use crate::{ALERT, BURST, SERVER_ERROR, bursts};

pub(crate) fn listen(log: &EventEmitter) {
    // A broken server answers every request with an error. `once` tells of the first, and then
    // the listener is gone: the thousands that follow do not even call it.
    let weak = log.downgrade();
    log.once(SERVER_ERROR, move |request| {
        let (line, status) = (request.line, request.status);
        let (asked, client) = (shown(&request.asked), shown(&request.client));
        let agent = shown(&request.agent);
        let text = format!(
            "line {line}: the first server error: {status} for `{asked}`, asked by {client}, `{agent}`"
        );
        alert(&weak, &text)
    });

    let weak = log.downgrade();
    log.on(BURST, move |burst| {
        let (line, client) = (burst.line, shown(&burst.client));
        let (limit, window) = (bursts::LIMIT, bursts::WINDOW);
        let text = format!(
            "line {line}: a burst: {client} sent more than {limit} requests within {window} s"
        );
        alert(&weak, &text)
    });
}

// This emit happens inside a listener of another emit. If it fails, so does the outer listener: `?`
// hands the error up, emit by emit, until somebody deals with it.
fn alert(log: &WeakEmitter, text: &str) -> oyez::Result {
    if let Some(log) = log.upgrade() {
        log.try_emit(ALERT, text)?;
    }
    Ok(())
}
