use super::*;

fn place(time: i64, id: usize) -> Place {
    (Timestamp::from_millis(time), format!("{id:026}").parse().unwrap())
}

fn start(track: &Track) -> Start {
    let mut track = track.clone();
    track.owe(Timestamp::UNSET);
    track.owed().unwrap().0
}

#[test]
fn what_is_settled_moves_the_floor_and_gives_a_post_to_begin_at() {
    let mut track = Track::from(place(1_000, 1), About::default());
    assert_eq!((start(&track).floor.as_millis(), start(&track).anchor), (1_000, None));
    assert!(track.hear(place(5_000, 2)));
    assert_eq!(start(&track).anchor, None);
    assert!(track.hear(place(15_001, 3)));
    assert_eq!((start(&track).floor.as_millis(), start(&track).anchor), (5_001, Some(place(0, 2).1)));
    assert!(!track.hear(place(15_001, 3)));
}

#[test]
fn what_is_owed_is_not_passed_over() {
    let mut track = Track::from(place(1_000, 1), About::default());
    track.owe(Timestamp::from_millis(50_000));
    track.hear(place(100_000, 2));
    track.owe(Timestamp::from_millis(100_000));
    let (start, since) = track.owed().unwrap();
    assert_eq!((start.floor.as_millis(), since.as_millis()), (1_000, 40_000));
    track.paid(Timestamp::UNSET);
    assert!(track.owed().is_none());
    assert_eq!(self::start(&track).floor.as_millis(), 1_001);
}

#[test]
fn of_a_long_walk_only_the_newest_posts_are_remembered_and_it_can_go_on_there() {
    let mut track = Track::from(place(1_000, 0), About::default());
    track.owe(Timestamp::UNSET);
    for number in 1..3_000_usize {
        track.found(place(1_000 + i64::try_from(number).unwrap(), number));
    }
    let start = start(&track);
    assert_eq!(start.known.len(), MOST_KNOWN);
    assert_eq!(start.anchor, Some(place(0, 1_999).1));
    assert_eq!(start.floor.as_millis(), 3_000);
}

#[test]
fn a_live_event_that_comes_late_is_known_from_the_walk() {
    let mut track = Track::from(place(1_000, 0), About::default());
    track.owe(Timestamp::UNSET);
    track.found(place(2_000, 1));
    track.found(place(60_000, 2));
    track.paid(Timestamp::UNSET);
    assert!(!track.hear(place(2_000, 1)));
    assert!(!track.hear(place(60_000, 2)));
    assert!(track.hear(place(60_000, 3)));
}

#[test]
fn changes_of_a_post_that_comes_late_are_asked_for_again() {
    let mut track = Track::from(place(1_000, 0), About::default());
    track.owe(Timestamp::UNSET);
    // Told of by the server, though not of the post that is not known yet.
    track.paid(Timestamp::from_millis(90_000));
    assert!(track.hear(place(30_000, 1)));
    track.owe(Timestamp::from_millis(30_000));
    assert_eq!(track.owed().unwrap().1.as_millis(), 20_000);
}
