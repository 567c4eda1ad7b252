//! The section `[network]`: to whom this program may open connections.

use crate::ground::destination::Destination;
use crate::ground::limits;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Connections that this program opens to others. What others open to it is the matter of `[http]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// Refuses every connection but those to this machine and to what `allow` names, before its name is looked up.
    /// A language model, an endpoint or a mail server that could not be reached then stops the start.
    pub airgap: bool,

    /// Who may be spoken to while `airgap` is true, as `host:port`, exactly as the other settings write the host.
    #[serde(deserialize_with = "read_destinations", serialize_with = "write_destinations")]
    #[schemars(
        with = "Vec<String>",
        length(max = limits::NETWORK_ALLOWED_MAX),
        extend("items" = { "type": "string", "format": "destination" })
    )]
    pub allow: Vec<Destination>,
}

fn read_destinations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Destination>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read = |text: &String| {
        Destination::parse(text).ok_or_else(|| serde::de::Error::custom("expected a host and a port"))
    };
    texts.iter().map(read).collect()
}

fn write_destinations<S: Serializer>(destinations: &[Destination], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(destinations.iter().map(Destination::to_string))
}
