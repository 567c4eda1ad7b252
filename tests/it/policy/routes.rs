//! The table of routes, as a reviewer reads it (architecture 7; ACC-2, ACC-11).

use super::assert_none;
use snip::http::access::Access;
use snip::http::route;
use snip::http::routes::routes;

#[test]
fn the_table_of_routes_is_the_reviewed_one() {
    let mut lines = Vec::new();

    for row in routes() {
        let access = match row.access {
            Access::Public { .. } => "public".to_owned(),
            Access::Key(scope) => match row.needs_too {
                Some(second) => format!("key {scope}+{second}"),
                None => format!("key {scope}"),
            },
            Access::Session => "session".to_owned(),
            Access::Agency(permission) => format!("agency {permission}"),
            Access::Member { permission, key_scope: None } => format!("member {permission}"),
            Access::Member { permission, key_scope: Some(scope) } => format!("member {permission} ({scope})"),
            Access::Setup => "setup link".to_owned(),
            Access::Metrics => "metrics token".to_owned(),
        };
        let marks = [
            (row.cross_origin, "cross-origin"),
            (row.hidden, "hidden"),
            (row.taken.if_match, "if-match"),
            (row.taken.idempotency_key, "idempotency-key"),
        ];
        let marks: Vec<&str> = marks.iter().filter(|(is_set, _)| *is_set).map(|(_, mark)| *mark).collect();
        let limit = format!("{:?}", row.limit);
        let line = format!(
            "{:<7}{:<35} {access:<23} {limit:<10} {}",
            row.method.as_str(),
            row.path,
            marks.join(", ")
        );
        lines.push(line.trim_end().to_owned());
    }

    assert_matches_snapshot!("routes", lines.join("\n"));
}

/// ACC-2: what anyone may call is a decision, each with its reason.
#[test]
fn each_public_route_is_on_the_list_with_its_reason() {
    let mut lines = Vec::new();

    for row in routes() {
        if let Access::Public { why } = row.access {
            lines.push(format!("{} {}\n    {why}", row.method, row.path));
        }
    }

    assert_matches_snapshot!("public_routes", lines.join("\n"));
}

#[test]
fn the_table_of_routes_is_sound() {
    assert_none(&route::faults(&routes()), "every row is complete and stands once");
}
