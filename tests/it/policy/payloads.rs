//! A good body for each row of the route table.

use super::node::{BOUNDARY, Node, Payload, Tenant};
use axum::http::Method;
use serde_json::json;
use snip::domain::conversations::visitors;
use snip::ground::crypto::{hex, hmac_sha256};
use snip::http::Route;
use std::sync::atomic::Ordering;

impl Node {
    /// A good body for the row; None where it takes none.
    pub(super) fn payload_of(&self, row: &Route, tenant: &Tenant) -> Option<Payload> {
        let number = self.peers.fetch_add(1, Ordering::SeqCst);
        let email = format!("new{number}@people.example");
        let value = match row.operation.id.trim_end_matches("OfClient") {
            "requestSignIn" => json!({ "email": email }),
            "signInWithCode" => json!({ "email": email, "code": "123456" }),
            "signInWithLink" => json!({ "token": "nothing" }),
            "signInWithKey" => json!({ "api_key": tenant.key }),
            "requestEmailChange" => json!({ "email": email }),
            "confirmEmailChange" => json!({ "code": "123456" }),
            "acceptInvitation" | "changePerson" => json!({ "name": "Perry" }),
            "createClient" => json!({ "name": "New", "email": email, "owner_email": email }),
            "changeClient" => json!({ "name": "Renamed" }),
            "addBillingContact" => json!({ "name": "Perry", "email": email }),
            "createAgencyKey" => json!({ "name": "Onboarding", "permissions": ["clients:read"] }),
            "requestSignUp" => json!({ "email": email, "name": "Perry", "business": "Plums" }),
            "inviteStaff" => json!({ "email": email, "role": "content_specialist" }),
            "inviteMember" => json!({ "email": email, "role": "member" }),
            "changeStaff" | "changeMember" => json!({ "state": "off" }),
            "createKey" => json!({ "name": "Shop", "scopes": ["search"] }),
            "testChat" => json!({ "message": "When does the orchard open?" }),
            "eraseClient" => json!({ "name": "Somebody else's" }),
            "suspendClient" | "deactivateClient" | "resumeClient" | "inviteStaffAgain"
            | "inviteMemberAgain" | "handAgencyOver" | "handClientOver" | "retryJob" | "resendMail"
            | "makeBackup" | "sendKeyMail" | "claimKey" | "acceptSignUp" => {
                return None;
            }
            "createFaq" => json!({ "question": "Is there parking?", "answer": "Behind the house." }),
            "changeFaq" => json!({ "enabled": false }),
            "changeConfig" => json!({ "welcome": "Good day." }),
            "search" => json!({ "query": "orchard" }),
            "chat" => json!({ "client_id": tenant.id, "message": "When does the orchard open?" }),
            "stopAnswer" => json!({ "session": tenant.session }),
            "identify" => {
                let secret = visitors::identity_secret(&self.app.env.signing_key, &tenant.id);
                let proof = hex(&hmac_sha256(secret.reveal().as_bytes(), b"user-1"));
                json!({ "client_id": tenant.id, "user_id": "user-1", "hmac": proof })
            }
            "changeConversation" => json!({ "bookmarked": true }),
            "changeConversations" => json!({ "ids": [tenant.conversation], "action": "bookmark" }),
            "createShare" => json!({ "expires_in_days": 7 }),
            "openSharedWithPassword" => {
                return Some(Payload::new("application/x-www-form-urlencoded", "password=wrong+password"));
            }
            "changeFaqs" => json!({ "ids": [tenant.faq], "action": "disable" }),
            "changeDocument" => json!({ "category": "garden" }),
            "retryDocument" | "cancelDocument" => return None,
            "saveInstructions" => json!({ "instructions": "Be brief." }),
            "rollBackInstructions" => json!({ "version": 1 }),
            "receiveStripeEvent" => json!({ "id": "evt_1", "type": "invoice.paid" }),
            "changeGap" => json!({ "status": "dismissed" }),
            "uploadDocument" => return Some(upload()),
            "uploadLogo" => return Some(logo()),
            "finishSetup" => {
                let fields = "agency_name=North&owner_name=Ann&owner_email=ann%40north.example&client_name=Shop\
                              &client_email=shop%40shop.example";
                return Some(Payload::new("application/x-www-form-urlencoded", fields));
            }
            id if matches!(row.method, Method::GET | Method::DELETE) => {
                assert!(!id.is_empty());
                return None;
            }
            id => panic!("tell `payload_of` a good body for `{id}`"),
        };
        Some(Payload::json(&value))
    }
}

pub(super) fn upload() -> Payload {
    form("orchard.md", "text/markdown", "# Orchard\n\nThe orchard opens at nine in the morning.\n")
}

pub(super) fn logo() -> Payload {
    form("logo.svg", "image/svg+xml", "<svg viewBox='0 0 8 8'><circle r='4'/></svg>")
}

fn form(name: &str, media_type: &str, text: &str) -> Payload {
    let body = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: {media_type}\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
    );
    Payload::new(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
}
