//! One task that does what the protocol says.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream as _;
use futures_sink::Sink as _;
use mm_core::socket::{
    ActionFailure, Call, CloseReason, Connect, Connection, EndReason, Frame, Incoming, Input, NotSent,
    Output, Protocol, Refusal, State, Ticket, Verdict, authentication_challenge,
};
use mm_core::types::{RawJson, Secret};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_websockets::{CloseCode, Message};

use super::delivery::Delivery;
use super::opening::Opening;
use super::session;
use super::upgrade::{self, Framed};
use crate::Client;

/// What handles ask for.
#[derive(Debug)]
pub(super) enum Command {
    Act { ticket: Ticket, call: Call, reply: oneshot::Sender<Replied> },
    Forget { ticket: Ticket },
    Close,
}

pub(super) type Replied = Result<RawJson, ActionFailure>;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(super) struct Driver {
    client: Client,
    protocol: Protocol,
    delivery: Delivery,
    settings: Settings,
    state: watch::Sender<State>,
    /// `None` when all handles are gone.
    commands: Option<mpsc::UnboundedReceiver<Command>>,
    /// Who waits for what.
    replies: HashMap<Ticket, oneshot::Sender<Replied>>,
    line: Line,
    /// What the connection was opened with.
    token: Option<Secret>,
    /// What the connection was opened with on which the server's list of events began.
    list_token: Option<Secret>,
    challenge: Option<(i64, BoxFuture<Option<Secret>>)>,
    check: Option<BoxFuture<Verdict>>,
    deadline: Option<Pin<Box<Sleep>>>,
    /// Until when a full queue keeps from reading.
    full_until: Option<Pin<Box<Sleep>>>,
    is_abandoned: bool,
    /// Until the first connection is there.
    opening: Option<Opening>,
}

/// What a driver has to know beside the protocol's configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// How long a full queue keeps from reading.
    pub(super) patience: Duration,
    pub(super) posted_ack: bool,
}

/// The connection, or what is to become one.
enum Line {
    Down,
    Connecting(BoxFuture<Result<(Framed, Option<Secret>), Refusal>>),
    Up { framed: Box<Framed>, is_flushed: bool },
}

/// What a driver waits for.
enum Happened {
    Commanded(Command),
    Abandoned,
    /// It is time for the protocol to look at the clock.
    Due,
    /// The first connection did not come in time.
    TooLate,
    Connected(Result<(Framed, Option<Secret>), Refusal>),
    Token(i64, Option<Secret>),
    Checked(Verdict),
    Received(Message),
    Ended(EndReason),
}

impl Driver {
    pub(super) fn new(
        client: Client,
        protocol: Protocol,
        delivery: Delivery,
        settings: Settings,
        opening: Opening,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> (Self, watch::Receiver<State>) {
        let (state, watch) = watch::channel(protocol.state());
        let driver = Self {
            client,
            protocol,
            delivery,
            settings,
            state,
            commands: Some(commands),
            replies: HashMap::new(),
            line: Line::Down,
            token: None,
            list_token: None,
            challenge: None,
            check: None,
            deadline: None,
            full_until: None,
            is_abandoned: false,
            opening: Some(opening),
        };
        (driver, watch)
    }

    /// Ends when the socket is closed, or abandoned by the consumer.
    pub(super) async fn run(mut self) {
        while self.follow() {
            let happened = poll_fn(|cx| self.poll_happened(cx)).await;
            if !self.take_in(happened) {
                break;
            }
            // However fast events come, whoever takes them is to have a turn as well.
            tokio::task::coop::consume_budget().await;
        }
        let opening = self.opening.take();
        // The error, if there is one, is nobody else's then.
        drop(self);
        if let Some(opening) = opening {
            opening.fail();
        }
    }

    /// Does what the protocol says until it says nothing. Whether it goes on after that.
    fn follow(&mut self) -> bool {
        while let Some(output) = self.protocol.poll() {
            match output {
                Output::Connect(connect) => self.connect(connect),
                Output::Send(frame) => self.send(message(frame)),
                Output::Challenge { seq } => {
                    let session = self.client.session().clone();
                    self.challenge = Some((seq, Box::pin(async move { session.token().await })));
                }
                Output::Disconnect => self.hang_up(),
                Output::Deliver(incoming) => self.deliver(incoming),
                Output::Reply { ticket, result } => {
                    if let Some(reply) = self.replies.remove(&ticket) {
                        // Who does not wait any more needs no reply.
                        let _ = reply.send(result);
                    }
                }
                Output::CheckSession => {
                    self.check = Some(Box::pin(session::check(self.client.clone(), self.token.clone())));
                }
                Output::Finished => {
                    self.show_state();
                    return false;
                }
                _ => {}
            }
        }
        self.show_state();
        let deadline = self.protocol.deadline().map(Instant::from_std);
        match (&mut self.deadline, deadline) {
            (timer, None) => *timer = None,
            (Some(timer), Some(deadline)) if timer.deadline() != deadline => timer.as_mut().reset(deadline),
            (Some(_), Some(_)) => {}
            (timer @ None, Some(deadline)) => *timer = Some(Box::pin(sleep_until(deadline))),
        }
        true
    }

    fn show_state(&self) {
        let state = self.protocol.state();
        self.state.send_if_modified(|shown| std::mem::replace(shown, state) != state);
    }

    fn connect(&mut self, mut connect: Connect) {
        let (client, posted_ack) = (self.client.clone(), self.settings.posted_ack);
        let list_token = self.list_token.clone();
        self.hang_up();
        self.line = Line::Connecting(Box::pin(async move {
            loop {
                if session::is_another(&client, list_token.as_ref()).await {
                    connect.resume = None;
                }
                let mut operation = connect.operation();
                operation.posted_ack = posted_ack;
                let framed = upgrade::connect(client.clone(), operation).await?;
                // Nobody knows which of them the request carried, if the session was renewed meanwhile.
                if connect.resume.is_none() || !session::is_another(&client, list_token.as_ref()).await {
                    return Ok((framed, client.session().token().await));
                }
            }
        }));
    }

    fn hang_up(&mut self) {
        self.line = Line::Down;
        self.challenge = None;
        self.full_until = None;
    }

    fn send(&mut self, message: Message) {
        if let Line::Up { framed, is_flushed } = &mut self.line {
            // What cannot be sent any more is found out by reading.
            let _ = Pin::new(&mut **framed).start_send(message);
            *is_flushed = false;
        }
    }

    fn deliver(&mut self, incoming: Incoming) {
        if let (Some(opening), Incoming::Connection(connection)) = (&mut self.opening, &incoming) {
            match connection {
                Connection::Connected { .. } => {
                    if let Some(opening) = self.opening.take() {
                        opening.succeed();
                    }
                }
                Connection::Closed(CloseReason::Refused(error)) | Connection::AuthLost(error) => {
                    opening.refused(error);
                    return;
                }
                _ => {}
            }
        }
        if matches!(incoming, Incoming::Connection(Connection::Connected { .. })) {
            self.list_token.clone_from(&self.token);
        }
        self.delivery.accept(incoming, now());
    }

    fn poll_happened(&mut self, cx: &mut Context<'_>) -> Poll<Happened> {
        if let Poll::Ready(command) = self.poll_command(cx) {
            return Poll::Ready(Happened::Commanded(command));
        }
        if !self.is_abandoned && self.delivery.poll_abandoned(cx).is_ready() {
            return Poll::Ready(Happened::Abandoned);
        }
        self.delivery.poll_work(cx, now());
        if let Some(opening) = &mut self.opening
            && opening.poll_too_late(cx).is_ready()
        {
            return Poll::Ready(Happened::TooLate);
        }
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(cx).is_ready()
        {
            self.deadline = None;
            return Poll::Ready(Happened::Due);
        }
        if let Some(check) = &mut self.check
            && let Poll::Ready(verdict) = check.as_mut().poll(cx)
        {
            self.check = None;
            return Poll::Ready(Happened::Checked(verdict));
        }
        if let Some((seq, token)) = &mut self.challenge
            && let Poll::Ready(token) = token.as_mut().poll(cx)
        {
            let seq = *seq;
            self.challenge = None;
            return Poll::Ready(Happened::Token(seq, token));
        }
        self.poll_line(cx)
    }

    fn poll_command(&mut self, cx: &mut Context<'_>) -> Poll<Command> {
        let Some(commands) = &mut self.commands else { return Poll::Pending };
        match commands.poll_recv(cx) {
            Poll::Ready(Some(command)) => Poll::Ready(command),
            Poll::Ready(None) => {
                self.commands = None;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<Happened> {
        let may_read = self.poll_may_read(cx).is_ready();
        match &mut self.line {
            Line::Down => Poll::Pending,
            Line::Connecting(connecting) => connecting.as_mut().poll(cx).map(Happened::Connected),
            Line::Up { framed, is_flushed } => {
                let mut framed = Pin::new(&mut **framed);
                if !*is_flushed && let Poll::Ready(result) = framed.as_mut().poll_flush(cx) {
                    *is_flushed = true;
                    if result.is_err() {
                        return Poll::Ready(Happened::Ended(EndReason::Lost));
                    }
                }
                if !may_read {
                    return Poll::Pending;
                }
                framed.poll_next(cx).map(|read| match read {
                    Some(Ok(message)) => Happened::Received(message),
                    Some(Err(tokio_websockets::Error::Io(_))) | None => Happened::Ended(EndReason::Lost),
                    Some(Err(_)) => Happened::Ended(EndReason::Framing),
                })
            }
        }
    }

    /// Not while the queue is full, for a while; unless that would save nothing, or somebody waits for a reply.
    fn poll_may_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !matches!(self.line, Line::Up { .. }) {
            return Poll::Pending;
        }
        if self.delivery.poll_room(cx).is_ready() {
            self.full_until = None;
            return Poll::Ready(());
        }
        if self.delivery.is_overflown() || !self.replies.is_empty() {
            return Poll::Ready(());
        }
        let patience = self.settings.patience;
        self.full_until.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx)
    }

    /// Whether it goes on after that.
    fn take_in(&mut self, happened: Happened) -> bool {
        match happened {
            Happened::Commanded(command) => self.obey(command),
            Happened::Abandoned => {
                self.is_abandoned = true;
                self.protocol.handle(Input::Close, now());
            }
            Happened::TooLate => return false,
            Happened::Due => self.protocol.handle(Input::Wake, now()),
            Happened::Connected(Ok((framed, token))) => {
                self.line = Line::Up { framed: Box::new(framed), is_flushed: true };
                self.token = token;
                self.protocol.handle(Input::Opened, now());
            }
            Happened::Connected(Err(refusal)) => {
                self.line = Line::Down;
                if let Some(opening) = &mut self.opening {
                    opening.refused(&refusal.error);
                }
                self.protocol.handle(Input::Refused(refusal), now());
            }
            Happened::Token(seq, Some(token)) => {
                self.send(Message::text(authentication_challenge(seq, token.expose())));
                self.token = Some(token);
            }
            // There is nothing to log in with. The protocol finds out that nothing comes of it.
            Happened::Token(_, None) => {}
            Happened::Checked(verdict) => self.protocol.handle(Input::SessionChecked(verdict), now()),
            Happened::Received(message) => self.receive(&message),
            Happened::Ended(reason) => self.end(reason),
        }
        true
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Act { ticket, call, reply } => {
                self.replies.insert(ticket, reply);
                self.protocol.handle(Input::Act { ticket, call }, now());
            }
            Command::Forget { ticket } => {
                self.replies.remove(&ticket);
                self.protocol.handle(Input::Forget { ticket }, now());
            }
            Command::Close => self.protocol.handle(Input::Close, now()),
        }
    }

    fn receive(&mut self, message: &Message) {
        let payload = message.as_payload();
        if let Some((code, _)) = message.as_close() {
            let code = Some(u16::from(code)).filter(|_| !payload.is_empty());
            self.end(EndReason::Closed(code));
        } else if let Some(text) = message.as_text() {
            self.protocol.handle(Input::Text(text), now());
        } else if message.is_ping() {
            self.protocol.handle(Input::Ping, now());
        } else if message.is_pong() {
            self.protocol.handle(Input::Pong, now());
        } else {
            self.protocol.handle(Input::Binary(payload), now());
        }
    }

    fn end(&mut self, reason: EndReason) {
        if let Line::Up { framed, .. } = &mut self.line {
            // Answers a close frame and says goodbye to whatever is below, as far as that is possible without waiting.
            let mut cx = Context::from_waker(Waker::noop());
            let _ = Pin::new(&mut **framed).poll_close(&mut cx);
        }
        self.hang_up();
        self.protocol.handle(Input::Ended(reason), now());
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for (_, reply) in self.replies.drain() {
            let _ = reply.send(Err(ActionFailure::NotSent(NotSent::Closed)));
        }
    }
}

/// The runtime's clock, which tests can stop.
fn now() -> std::time::Instant {
    Instant::now().into_std()
}

fn message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Close(code) => {
            let code = CloseCode::try_from(code).ok().filter(|code| !code.is_reserved());
            Message::close(code, "")
        }
        _ => Message::ping(&b""[..]),
    }
}
