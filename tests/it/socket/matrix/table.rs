//! What is to be expected.

/// What comes of each fault 40 s after a connection was made, for a consumer in whose channel nothing happens, or a post
/// is made each second, or who awaits the reply to an action.
///
/// | | |
/// |---|---|
/// | the consumer saw | what was told about the connection; each gap with its reason |
/// | noticed | how long after the fault the connection was known to be lost |
/// | conns | how many connections were made, the first one included |
/// | lost | how many posts did not come, all of them inside the gap |
/// | actions | what came of the action that was under way, and of one that was asked for 0.5 s after the fault |
///
/// The rules behind it:
///
/// - What ends a connection is noticed at once. What silences it is noticed by a ping, which is sent every 30 s and has 25 s
///   to be answered: after 55 s at the latest.
/// - The server knows a connection that has ended, and has what was missed; but one that fell silent it takes for open, and
///   then it begins anew.
/// - A number that is left out is noticed with the next event. The two posts at the end are 75.5 s and 80.5 s after the
///   fault, so that is how long it takes where nothing else happens.
/// - A session that has ended is noticed by the next action or ping. The server has told nothing and counted nothing since,
///   so there is a gap even though it would go on.
/// - An action that waits for a connection is sent when there is one. One that was sent may have been done.
pub(super) const TABLE: &str = "\
fault                    | load  | the consumer saw                 | noticed| conns| lost | actions
-------------------------|-------|----------------------------------|--------|------|------|--------
FIN                      | idle  | resumed                          | 0 s    | 2    | 0    |
FIN                      | busy  | resumed                          | 0 s    | 2    | 0    |
FIN                      | action| resumed                          | 0 s    | 2    | 0    | maybe sent, reply
RST                      | idle  | resumed                          | 0 s    | 2    | 0    |
RST                      | busy  | resumed                          | 0 s    | 2    | 0    |
RST                      | action| resumed                          | 0 s    | 2    | 0    | maybe sent, reply
silence                  | idle  | gap (ResumeRefused), connected   | 45 s   | 2    | 0    |
silence                  | busy  | gap (ResumeRefused), connected   | 45 s   | 2    | 46   |
silence                  | action| gap (ResumeRefused), connected   | 45 s   | 2    | 0    | maybe sent, maybe sent
close frame              | idle  | resumed                          | 0 s    | 2    | 0    |
close frame              | busy  | resumed                          | 0 s    | 2    | 0    |
close frame              | action| resumed                          | 0 s    | 2    | 0    | maybe sent, reply
garbage                  | idle  | resumed                          | 0 s    | 2    | 0    |
garbage                  | busy  | resumed                          | 0 s    | 2    | 0    |
garbage                  | action| resumed                          | 0 s    | 2    | 0    | maybe sent, reply
a text that is no event  | idle  | unreadable                       | never  | 1    | 0    |
a text that is no event  | busy  | unreadable                       | never  | 1    | 0    |
a text that is no event  | action| unreadable                       | never  | 1    | 0    | reply, reply
an event lost on the way | idle  | resumed                          | 80.5 s | 2    | 0    |
an event lost on the way | busy  | resumed                          | 1.5 s  | 2    | 0    |
an event lost on the way | action| resumed                          | 80.5 s | 2    | 0    | reply, reply
a number left out        | idle  | gap (Skipped), connected         | 75.5 s | 2    | 1    |
a number left out        | busy  | gap (Skipped), connected         | 0.5 s  | 2    | 1    |
a number left out        | action| gap (Skipped), connected         | 75.5 s | 2    | 1    | reply, reply
revoked, with a token    | idle  | auth lost                        | 20 s   | 1    | -    |
revoked, with a token    | busy  | auth lost                        | 20 s   | 1    | -    |
revoked, with a token    | action| auth lost                        | 0 s    | 1    | -    | 401, not sent
revoked, with a password | idle  | gap (ResumeRefused), connected   | 20 s   | 2    | 0    |
revoked, with a password | busy  | gap (ResumeRefused), connected   | 20 s   | 2    | 21   |
revoked, with a password | action| gap (ResumeRefused), connected   | 0 s    | 2    | 0    | 401, reply
server restart           | idle  | gap (ResumeRefused), connected   | 0 s    | 2    | 0    |
server restart           | busy  | gap (ResumeRefused), connected   | 0 s    | 2    | 1    |
server restart           | action| gap (ResumeRefused), connected   | 0 s    | 2    | 0    | maybe sent, reply
the server's queue full  | idle  | gap (ResumeRefused), connected   | 0 s    | 2    | 0    |
the server's queue full  | busy  | gap (ResumeRefused), connected   | 0 s    | 2    | 1    |
the server's queue full  | action| gap (ResumeRefused), connected   | 0 s    | 2    | 0    | reply, reply
";
