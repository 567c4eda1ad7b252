//! The address of the server itself: for whoever opens it in a browser.

use crate::domain::access::setup;
use crate::domain::demo;
use crate::http::pages::{self, Home};
use crate::http::{Anyone, Call, Html, Limit, Problem, Public, Route, get, operation};
use crate::store::DbError;

pub(super) fn routes() -> Vec<Route> {
    let home = operation("openHome", "Home", "Open the server's own page.");
    let why = Public("it says only that a server runs here, and where to go on");
    vec![get("/", home, why, Limit::PublicRead, open).hidden()]
}

async fn open(call: Call<Anyone>) -> Result<Html, Problem> {
    let home = call
        .state
        .env
        .db
        .read(|tx| -> Result<_, DbError> {
            if !demo::list_clients(tx)?.is_empty() {
                return Ok(Home::Demo);
            }
            Ok(if setup::is_set_up(tx)? { Home::Running } else { Home::FirstRun })
        })
        .await?;
    Ok(Html(pages::home(&home, &call.state.node.product_name)))
}
