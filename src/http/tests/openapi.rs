use super::*;
use crate::http::tests::support::rows;
use crate::http::{
    Anyone, Call, Json, Key, KeyScope, NoPath, NoQuery, Problem, Public, operation as named, post,
};

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Collar {
    #[serde(default)]
    colour: String,
}

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Dog {
    collar: Collar,
}

async fn echo(call: Call<Anyone, NoPath, NoQuery, Json<Dog>>) -> Result<Json<Dog>, Problem> {
    Ok(call.body)
}

fn at<'a>(document: &'a Value, pointer: &str) -> &'a Value {
    document.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} in {document:#}"))
}

#[test]
fn an_operation_is_derived_from_its_row_and_its_types() {
    let document = document(&rows());
    let create = at(&document, "/paths/~1pets/post");
    let list = at(&document, "/paths/~1pets/get");

    assert_eq!(create["operationId"], "createPet");
    assert_eq!(
        at(create, "/requestBody/content/application~1json/schema/$ref"),
        "#/components/schemas/NewPet"
    );
    assert_eq!(
        at(create, "/responses/201/content/application~1json/schema/$ref"),
        "#/components/schemas/PetView"
    );
    assert_eq!(at(create, "/responses/201/headers/Location/schema/type"), "string");
    assert_eq!(at(create, "/parameters/0/name"), "Idempotency-Key");
    assert_eq!(create["security"], json!([{ "apiKey": [] }, { "bearer": [] }]));
    assert!(create["description"].as_str().unwrap().contains("`knowledge_write`"));
    assert_eq!(at(list, "/parameters/0/name"), "limit");
    assert_eq!(at(list, "/parameters/0/required"), false);
    assert_eq!(at(list, "/parameters/0/description"), "How many at most.");
    assert_eq!(at(&document, "/paths/~1pets~1{id}/get/parameters/0/in"), "path");
    assert_eq!(at(&document, "/paths/~1pets~1{id}/get/security"), &json!([]));
    assert!(document["paths"].get("/setup/{token}").is_none(), "hidden");
}

#[test]
fn the_problems_of_an_operation_follow_from_its_row() {
    let document = document(&rows());
    let codes = |pointer: &str| {
        let responses = at(&document, pointer).as_object().unwrap().values();
        let examples =
            responses.filter_map(|response| response.pointer("/content/application~1problem+json/examples"));
        examples.flat_map(|examples| examples.as_object().unwrap().keys().cloned()).collect::<Vec<_>>()
    };

    let create = codes("/paths/~1pets/post/responses");
    let read = codes("/paths/~1pets~1{id}/get/responses");

    for expected in
        ["unauthorized", "forbidden", "payload_too_large", "rate_limited", "quota_reached", "internal"]
    {
        assert!(create.iter().any(|code| code == expected), "{expected} in {create:?}");
    }
    assert!(read.iter().any(|code| code == "not_found"));
    assert!(!read.iter().any(|code| code == "unauthorized"));
    assert_eq!(at(&document, "/components/schemas/Problem/properties/code/enum/0"), "invalid_request");
    assert!(at(&document, "/paths/~1pets/post/responses").get("default").is_some());
    assert!(at(&document, "/paths/~1pets~1{id}/get/responses").get("304").is_some());
}

#[test]
fn a_type_that_is_read_and_written_has_two_schemas_where_they_differ() {
    let row =
        post("/dogs", named("echoDog", "Dogs", "Say it again."), Public("a toy"), Limit::PublicRead, echo);

    let document = document(&[row]);

    let schemas = at(&document, "/components/schemas");
    let reply = at(&document, "/paths/~1dogs/post/responses/200/content/application~1json/schema/$ref");
    assert_eq!(reply, "#/components/schemas/DogView");
    assert_eq!(at(schemas, "/DogView/properties/collar/$ref"), "#/components/schemas/CollarView");
    assert_eq!(at(schemas, "/Dog/properties/collar/$ref"), "#/components/schemas/Collar");
    assert_eq!(at(schemas, "/CollarView/required"), &json!(["colour"]));
    assert!(at(schemas, "/Collar").get("required").is_none());
}

#[test]
fn every_reference_has_a_target_and_every_schema_is_a_valid_one() {
    let document = document(&rows());

    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    for (name, schema) in at(&document, "/components/schemas").as_object().unwrap() {
        assert!(jsonschema::meta::is_valid(schema), "{name}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|part| collect(part, references));
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, references)),
        _ => {}
    }
}

#[test]
fn rows_behind_a_key_refuse_unknown_fields_and_rows_of_the_public_may_take_them() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Open {}
    async fn take(
        _: Call<crate::ground::scope::ClientScope, NoPath, NoQuery, Json<Open>>,
    ) -> Result<crate::http::NoContent, Problem> {
        Ok(crate::http::NoContent)
    }
    let row = post("/x", named("x", "X", "X."), Key(KeyScope::Search), Limit::Key, take);

    assert!(crate::http::route::faults(&[row])[0].contains("deny_unknown_fields"));
}
