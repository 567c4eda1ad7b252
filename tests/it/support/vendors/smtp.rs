//! A mail server on loopback (RFC 5321, RFC 4954), by script. It keeps the order of commands, asks for a login where
//! it has one, and refuses what real servers refuse: bare line feeds, long lines, mail from nobody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

const LINE_BYTES_MAX: usize = 1_000;

/// What the server does with one connection; without a script it takes the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Take,
    /// 421 in place of the greeting.
    NotNow,
    /// 550 to the recipient.
    NoSuchMailbox,
    /// 451 to the recipient: grey-listed.
    Later,
    /// Takes the mail, and goes away before it says so.
    TakeAndLeave,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub from: String,
    pub to: String,
    pub source: String,
}

impl Taken {
    /// The part of its `Message-ID` that the sender chose.
    pub fn id(&self) -> String {
        let line =
            self.source.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap_or_default();
        line.split('@').next().unwrap_or_default().to_owned()
    }
}

#[derive(Debug, Default)]
struct Journal {
    script: VecDeque<Turn>,
    /// Every line that came in, but those of mails.
    lines: Vec<String>,
    taken: Vec<Taken>,
}

/// The server.
pub struct FakeSmtp {
    pub address: SocketAddr,
    journal: Arc<Mutex<Journal>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeSmtp {
    /// A server that asks for this name and password, or for none.
    pub fn start(login: Option<(&'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (journal, is_over) = (Arc::new(Mutex::new(Journal::default())), Arc::new(AtomicBool::new(false)));
        let (of_thread, ends) = (Arc::clone(&journal), Arc::clone(&is_over));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let turn = of_thread.lock().unwrap().script.pop_front().unwrap_or(Turn::Take);
                // Whoever hangs up in the middle is the test's business.
                let _ = Session { journal: &of_thread, turn, login }.serve(connection.unwrap());
            }
        });
        Self { address, journal, is_over, thread: Some(thread) }
    }

    /// What the next connections get.
    pub fn script(&self, turns: impl IntoIterator<Item = Turn>) {
        self.journal.lock().unwrap().script.extend(turns);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.journal.lock().unwrap().taken.clone()
    }

    /// The mails behind the first `count`.
    pub fn taken_since(&self, count: usize) -> Vec<Taken> {
        self.journal.lock().unwrap().taken.iter().skip(count).cloned().collect()
    }

    /// The mails to this address.
    pub fn taken_by(&self, address: &str) -> Vec<Taken> {
        self.journal.lock().unwrap().taken.iter().filter(|taken| taken.to == address).cloned().collect()
    }

    pub fn lines(&self) -> Vec<String> {
        self.journal.lock().unwrap().lines.clone()
    }
}

impl Drop for FakeSmtp {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Session<'a> {
    journal: &'a Mutex<Journal>,
    turn: Turn,
    login: Option<(&'static str, &'static str)>,
}

impl Session<'_> {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut writer = stream.try_clone()?;
        let mut reader = BufReader::new(stream);
        let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes());
        if self.turn == Turn::NotNow {
            return say("421 4.3.2 too busy for eve@bakery.test");
        }
        say("220 fake ESMTP")?;
        let (mut is_known, mut from, mut to) = (self.login.is_none(), None, None);
        loop {
            let Some(line) = read_line(&mut reader)? else { return Ok(()) };
            self.journal.lock().unwrap().lines.push(line.clone());
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match (verb.to_ascii_uppercase().as_str(), rest) {
                ("EHLO", _) => {
                    say("250-fake")?;
                    say("250-8BITMIME")?;
                    say(if self.login.is_some() { "250 AUTH PLAIN LOGIN" } else { "250 SIZE 1000000" })?;
                }
                ("AUTH", rest) => {
                    let given = rest.strip_prefix("PLAIN ").and_then(|text| STANDARD.decode(text).ok());
                    let wanted = self.login.map(|(name, password)| format!("\0{name}\0{password}"));
                    is_known = given.is_some() && given == wanted.map(String::into_bytes);
                    say(if is_known { "235 ok" } else { "535 5.7.8 who is there" })?;
                }
                ("MAIL", _) if !is_known => say("530 5.7.0 sign in first")?,
                ("MAIL", rest) => {
                    from = path_of(rest);
                    say(if from.is_some() { "250 ok" } else { "501 5.1.7 from whom" })?;
                }
                ("RCPT", _) if from.is_none() => say("503 5.5.1 MAIL first")?,
                ("RCPT", rest) => match self.turn {
                    Turn::NoSuchMailbox => say(&format!("550 5.1.1 {rest} is unknown here"))?,
                    Turn::Later => say("451 4.7.1 come back later")?,
                    _ => {
                        to = path_of(rest);
                        say("250 ok")?;
                    }
                },
                ("DATA", _) => {
                    let (Some(from), Some(to)) = (from.take(), to.take()) else {
                        say("503 5.5.1 RCPT first")?;
                        continue;
                    };
                    say("354 go on")?;
                    let Some(source) = read_mail(&mut reader)? else {
                        say("554 5.6.0 lines of a mail end with CR LF and are not long")?;
                        continue;
                    };
                    self.journal.lock().unwrap().taken.push(Taken { from, to, source });
                    if self.turn == Turn::TakeAndLeave {
                        return Ok(());
                    }
                    say("250 2.0.0 taken")?;
                }
                ("QUIT", _) => return say("221 bye"),
                _ => say("502 5.5.2 what")?,
            }
        }
    }
}

/// `FROM:<a@b>` without its marks.
fn path_of(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('<')?;
    let (path, _) = rest.split_once('>')?;
    (!path.is_empty()).then(|| path.to_owned())
}

fn read_line(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Up to the line with the single dot, with the doubled dots undone; None for what no server takes.
fn read_mail(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let (mut source, mut is_sound) = (String::new(), true);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line == ".\r\n" {
            return Ok(is_sound.then_some(source));
        }
        is_sound &= line.ends_with("\r\n") && line.len() <= LINE_BYTES_MAX;
        source.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
