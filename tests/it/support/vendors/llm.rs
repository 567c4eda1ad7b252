//! A provider of language models: OpenAI's chat completions and Anthropic's messages, by script.
//!
//! Each call takes the next answer of the script; when it is empty, the usual answer is given. Answers are written as
//! the providers document them, piece by piece, and may stop at any point. Nothing here waits for the clock: a test
//! lets an answer go on by [`FakeLlm::release`].

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// What a provider does with one call.
#[derive(Debug, Clone)]
pub struct Scripted {
    status: u16,
    headers: Vec<(String, String)>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    /// The next words of the answer, as an event.
    Words(String),
    /// Bytes as they are.
    Raw(Vec<u8>),
    /// The end of the answer, with its counts, as the provider tells them.
    End,
    /// Waits until the test releases one call.
    Hold,
    /// Never goes on. The call ends when the other side leaves.
    Hang,
}

impl Scripted {
    /// An answer in these pieces, with its end and counts.
    pub fn answer(pieces: &[&str]) -> Self {
        Self::begun(pieces).and(Step::End)
    }

    /// An answer that stops after these pieces: the connection closes.
    pub fn begun(pieces: &[&str]) -> Self {
        let steps = pieces.iter().map(|piece| Step::Words((*piece).to_owned())).collect();
        Self { status: 200, headers: vec![("content-type".into(), "text/event-stream".into())], steps }
    }

    /// A refusal with a body such as providers send.
    pub fn status(status: u16, message: &str) -> Self {
        let body = json!({ "error": { "message": message, "type": "error" } }).to_string();
        Self { status, headers: vec![("content-type".into(), "application/json".into())], steps: Vec::new() }
            .and(Step::Raw(body.into_bytes()))
    }

    /// A body that is not what was asked for.
    pub fn body(content_type: &str, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status: 200, headers, steps: vec![Step::Raw(body.as_bytes().to_vec())] }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Goes on only when the test says so.
    #[must_use]
    pub fn hold(self) -> Self {
        self.and(Step::Hold)
    }

    /// Goes on with these words.
    #[must_use]
    pub fn words(self, words: &str) -> Self {
        self.and(Step::Words(words.to_owned()))
    }

    /// Never ends.
    #[must_use]
    pub fn hang(self) -> Self {
        self.and(Step::Hang)
    }

    #[must_use]
    pub fn end(self) -> Self {
        self.and(Step::End)
    }

    /// Sends these bytes in place of an event.
    #[must_use]
    pub fn raw(self, bytes: &str) -> Self {
        self.and(Step::Raw(bytes.as_bytes().to_vec()))
    }

    fn and(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

/// A call as it came in.
#[derive(Debug, Clone)]
pub struct Call {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Call {
    /// The header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Everything that was sent, to search for what must not be in it.
    pub fn everything(&self) -> String {
        format!("{self:?}")
    }
}

/// The provider. It ends with the value.
pub struct FakeLlm {
    /// As it stands in `base_url`.
    pub base_url: String,
    shared: Arc<Shared>,
    open: watch::Receiver<usize>,
    _tasks: JoinSet<()>,
}

struct Shared {
    script: Mutex<VecDeque<Scripted>>,
    usual: Mutex<Scripted>,
    journal: Mutex<Vec<Call>>,
    calls: watch::Sender<usize>,
    open: watch::Sender<usize>,
    released: Semaphore,
}

impl FakeLlm {
    /// Starts on a free port; every call is answered with "Hello." until the test says otherwise.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (open_sender, open) = watch::channel(0);
        let shared = Arc::new(Shared {
            script: Mutex::default(),
            usual: Mutex::new(Scripted::answer(&["Hello", "."])),
            journal: Mutex::default(),
            calls: watch::channel(0).0,
            open: open_sender,
            released: Semaphore::new(0),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&shared)));
        Self { base_url: format!("http://{address}/v1"), shared, open, _tasks: tasks }
    }

    /// The next calls, in this order.
    pub fn script(&self, answers: impl IntoIterator<Item = Scripted>) {
        self.shared.script.lock().expect("no test panics here").extend(answers);
    }

    /// What every further call gets.
    pub fn usually(&self, answer: Scripted) {
        *self.shared.usual.lock().expect("no test panics here") = answer;
    }

    /// Every call so far.
    pub fn journal(&self) -> Vec<Call> {
        self.shared.journal.lock().expect("no test panics here").clone()
    }

    /// Lets one call that holds go on.
    pub fn release(&self) {
        self.shared.released.add_permits(1);
    }

    /// Resolves once this many calls have come in.
    pub async fn until_calls(&self, count: usize) {
        let mut calls = self.shared.calls.subscribe();
        calls.wait_for(|calls| *calls >= count).await.expect("the provider runs");
    }

    /// Resolves once no call is open: every one was answered or left by the other side.
    pub async fn until_idle(&self) {
        let mut open = self.open.clone();
        open.wait_for(|open| *open == 0).await.expect("the provider runs");
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let _ = serve(socket, &shared).await;
        });
    }
}

/// One call per connection, as with `Connection: close`.
async fn serve(mut socket: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(call) = read_call(&mut socket).await? else { return Ok(()) };
    let is_messages = call.path.ends_with("/messages");
    let scripted = {
        let next = shared.script.lock().expect("no test panics here").pop_front();
        next.unwrap_or_else(|| shared.usual.lock().expect("no test panics here").clone())
    };
    shared.journal.lock().expect("no test panics here").push(call);
    shared.open.send_modify(|open| *open += 1);
    shared.calls.send_modify(|calls| *calls += 1);
    let (mut reader, mut writer) = socket.split();
    let mut nothing = [0_u8; 1];
    let answered = async {
        write_head(&mut writer, &scripted).await?;
        for step in &scripted.steps {
            write_step(&mut writer, step, is_messages, shared).await?;
        }
        writer.shutdown().await
    };
    let outcome = tokio::select! {
        outcome = answered => outcome,
        // The other side has nothing to send: an end of its bytes means that it left.
        _ = reader.read(&mut nothing) => Ok(()),
    };
    shared.open.send_modify(|open| *open -= 1);
    outcome
}

async fn write_head(writer: &mut (impl AsyncWrite + Unpin), scripted: &Scripted) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Scripted\r\nconnection: close\r\n", scripted.status);
    for (name, value) in &scripted.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    writer.write_all(head.as_bytes()).await
}

async fn write_step(
    writer: &mut (impl AsyncWrite + Unpin),
    step: &Step,
    is_messages: bool,
    shared: &Shared,
) -> std::io::Result<()> {
    let bytes = match step {
        Step::Words(words) if is_messages => {
            let delta = json!({ "type": "text_delta", "text": words });
            event(
                "content_block_delta",
                &json!({ "type": "content_block_delta", "index": 0, "delta": delta }),
            )
        }
        Step::Words(words) => {
            let choice = json!({ "index": 0, "delta": { "content": words }, "finish_reason": null });
            event("", &json!({ "object": "chat.completion.chunk", "choices": [choice] }))
        }
        Step::End if is_messages => messages_end(),
        Step::End => completions_end(),
        Step::Raw(bytes) => bytes.clone(),
        Step::Hold => {
            shared.released.acquire().await.expect("the provider runs").forget();
            Vec::new()
        }
        Step::Hang => std::future::pending().await,
    };
    writer.write_all(&bytes).await?;
    writer.flush().await
}

fn completions_end() -> Vec<u8> {
    let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 21, "completion_tokens": 4, "total_tokens": 25 } });
    [event("", &stop), event("", &usage), b"data: [DONE]\n\n".to_vec()].concat()
}

fn messages_end() -> Vec<u8> {
    let start = json!({ "type": "message_start", "message": { "usage": { "input_tokens": 21, "output_tokens": 1 } } });
    let delta = json!({
        "type": "message_delta",
        "delta": { "stop_reason": "end_turn" },
        "usage": { "output_tokens": 4 },
    });
    [
        event("message_start", &start),
        event("message_delta", &delta),
        event("message_stop", &json!({ "type": "message_stop" })),
    ]
    .concat()
}

fn event(name: &str, data: &Value) -> Vec<u8> {
    let name = if name.is_empty() { String::new() } else { format!("event: {name}\n") };
    format!("{name}data: {data}\n\n").into_bytes()
}

/// Reads one request with its body; None when the connection ends before it.
async fn read_call(socket: &mut TcpStream) -> std::io::Result<Option<Call>> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 4096];
    loop {
        if let Some(call) = parse_call(&bytes) {
            return Ok(Some(call));
        }
        let count = socket.read(&mut piece).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// The request, once all of it is there.
fn parse_call(bytes: &[u8]) -> Option<Call> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse::<usize>().ok()?;
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some(Call { path, headers, body: serde_json::from_slice(body).unwrap_or_default() })
}
