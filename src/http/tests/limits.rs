use super::*;
use ulid::Ulid;

const START: Timestamp = Timestamp::from_ms(1_795_000_000_000);

fn limiter(chat: u32, callers_max: usize) -> Limiter {
    let settings = LimitSettings { chat_per_address_per_minute: chat, ..LimitSettings::default() };
    Limiter { callers_max, ..Limiter::new(settings) }
}

fn from(text: &str) -> Subject {
    Subject::address(text.parse().unwrap())
}

#[test]
fn a_minute_s_number_may_be_used_at_once_and_comes_back_evenly() {
    let limiter = limiter(6, 100);
    let take = |ms| limiter.take(Limit::Chat, from("198.51.100.1"), START.plus_ms(ms));

    let left: Vec<_> = (0..6).map(|_| take(0).unwrap().unwrap().remaining).collect();

    assert_eq!(left, [5, 4, 3, 2, 1, 0]);
    assert_eq!(take(0), Err(Refusal { limit: 6, retry_after_s: 10, reset_s: 60 }));
    assert_eq!(take(9_999).unwrap_err().retry_after_s, 1);
    assert_eq!(take(10_000).unwrap().unwrap().remaining, 0);
    assert!(take(10_001).is_err());
    assert_eq!(take(600_000).unwrap().unwrap().remaining, 5);
}

#[test]
fn one_address_does_not_use_up_another_s_but_shares_with_its_ipv6_network() {
    let limiter = limiter(1, 100);
    let take = |address| limiter.take(Limit::Chat, from(address), START);

    assert!(take("2001:db8::1").is_ok());
    assert!(take("2001:db8::2").is_err());
    assert!(take("2001:db8:0:1::1").is_ok());
    assert!(limiter.take(Limit::PublicRead, from("2001:db8::1"), START).is_ok());
}

#[test]
fn when_the_map_is_full_newcomers_share_one_bucket_and_known_callers_keep_theirs() {
    let limiter = limiter(2, 2);
    let take = |address, ms| limiter.take(Limit::Chat, from(address), START.plus_ms(ms));
    take("198.51.100.1", 0).unwrap();
    take("198.51.100.2", 0).unwrap();

    assert!(take("198.51.100.3", 0).is_ok());
    assert!(take("198.51.100.4", 0).is_ok());
    assert!(take("198.51.100.5", 0).is_err(), "the shared bucket is used up");
    assert!(take("198.51.100.1", 0).is_ok(), "a known caller keeps its own");
    assert!(take("198.51.100.5", 90_000).is_ok(), "recovered callers make room");
    assert!(limiter.cells.lock().unwrap().empty_at_us.len() <= 2);
}

#[test]
fn a_clock_that_is_set_back_blocks_nobody_for_longer_than_a_minute() {
    let limiter = limiter(1, 100);
    let take = |ms| limiter.take(Limit::Chat, from("198.51.100.1"), START.plus_ms(ms));
    take(86_400_000).unwrap().unwrap();

    assert_eq!(take(0).unwrap_err().retry_after_s, 60);
}

#[test]
fn wrong_credentials_are_counted_apart_and_checking_counts_nothing() {
    let limiter = limiter(1, 100);
    let address: IpAddr = "198.51.100.1".parse().unwrap();
    for _ in 0..100 {
        limiter.check_failures(address, START).unwrap();
    }

    for _ in 0..20 {
        limiter.check_failures(address, START).unwrap();
        limiter.count_failure(address, START);
    }

    assert!(limiter.check_failures(address, START).is_err());
    assert!(limiter.check_failures(address, START.plus_ms(60_000)).is_ok());
}

#[test]
fn a_client_has_its_own_number_whatever_the_addresses() {
    let settings = LimitSettings { chat_per_client_per_minute: 2, ..LimitSettings::default() };
    let limiter = Limiter::new(settings);
    let client = ClientId::from_ulid(Ulid::from_parts(1, 1));

    assert!(limiter.take_for_client(&client, START).is_ok());
    assert_eq!(limiter.take_for_client(&client, START).unwrap().remaining, 0);
    let problem = limiter.take_for_client(&client, START).unwrap_err();
    assert_eq!(problem.code(), crate::http::problem_codes::Code::RateLimited);
}

#[test]
fn guessing_from_many_addresses_is_stopped_even_when_the_map_is_full() {
    let limiter = limiter(1, 1);
    limiter.take(Limit::Chat, from("198.51.100.1"), START).unwrap();

    for last in 2..22 {
        let address = IpAddr::from([198, 51, 100, last]);
        limiter.check_failures(address, START).unwrap();
        limiter.count_failure(address, START);
    }

    assert!(limiter.check_failures(IpAddr::from([198, 51, 100, 99]), START).is_err());
}
