//! Path and query parameters, read into typed values with the name of the one that is wrong.
//!
//! The values are texts, so numbers and booleans are parsed where the target type asks for them. A parameter
//! given twice is refused by the derived types. Lists (`?tag=a&tag=b`) are not read: no route needs them.

use super::problem::Problem;
use super::problem_codes::Code;
use axum::extract::Query;
use axum::http::Uri;
use serde::de::value::{Error, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// One text that becomes whatever the target type asks for.
struct Text<'a>(&'a str);

impl<'de> IntoDeserializer<'de, Error> for Text<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parse_as {
    ($($method:ident, $visit:ident, $type:ty, $expected:literal;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Error::custom(concat!("expected ", $expected))),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Error;

    parse_as! {
        deserialize_bool, visit_bool, bool, "`true` or `false`";
        deserialize_u8, visit_u8, u8, "a whole number from 0 to 255";
        deserialize_u16, visit_u16, u16, "a whole number from 0 to 65535";
        deserialize_u32, visit_u32, u32, "a whole number, not negative";
        deserialize_u64, visit_u64, u64, "a whole number, not negative";
        deserialize_i32, visit_i32, i32, "a whole number";
        deserialize_i64, visit_i64, i64, "a whole number";
        deserialize_f64, visit_f64, f64, "a number";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// Reads named texts into `T`; the problem points to the parameter that is wrong.
fn read<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    let entries = pairs.iter().map(|(name, value)| (name.as_str(), Text(value)));
    serde_path_to_error::deserialize(MapDeserializer::new(entries)).map_err(|error| {
        let path = super::body::pointer_of(error.path());
        let message = error.inner().to_string();
        let (pointer, detail) = super::body::explain(path, &message);
        Problem::field(pointer, detail)
    })
}

/// Path parameters. One that does not parse cannot name anything, so it is a 404.
pub(super) fn read_path<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    read(pairs).map_err(|problem| Problem::not_found().caused_by(format!("{:?}", problem.errors())))
}

/// Query parameters. With `known`, every other name is refused.
pub(super) fn read_query<T: DeserializeOwned>(uri: &Uri, known: Option<&[String]>) -> Result<T, Problem> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Problem::new(Code::InvalidRequest).caused_by(error))?;
    if let Some(known) = known {
        let unknown = pairs.iter().filter(|(name, _)| !known.contains(name));
        let problem = unknown.fold(Problem::new(Code::ValidationFailed), |problem, (name, _)| {
            problem.and_field(super::body::escaped("", name), "is not a parameter of this address")
        });
        if !problem.errors().is_empty() {
            return Err(problem);
        }
    }
    read(&pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Order {
        Newest,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct List {
        limit: Option<u32>,
        order: Option<Order>,
        q: String,
    }

    fn query(text: &str) -> Result<List, Problem> {
        read_query(
            &format!("/x?{text}").parse().unwrap(),
            Some(&["limit".into(), "order".into(), "q".into()]),
        )
    }

    #[test]
    fn texts_become_the_types_that_are_asked_for() {
        let list = query("q=a%20b+c&limit=7&order=newest").unwrap();

        assert_eq!(list, List { limit: Some(7), order: Some(Order::Newest), q: "a b c".into() });
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        for (text, pointer) in [
            ("q=a&limit=-1", "/limit"),
            ("q=a&order=oldest", "/order"),
            ("limit=1", "/q"),
            ("q=a&color=red", "/color"),
            ("q=a&q=b", "/q"),
        ] {
            let problem = query(text).unwrap_err();

            assert_eq!(problem.code(), Code::ValidationFailed, "{text}");
            assert_eq!(problem.errors()[0].pointer, pointer, "{text}: {problem:?}");
        }
    }
}
