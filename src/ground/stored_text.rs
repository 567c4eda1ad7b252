//! Types that are stored and sent as a text of their own: ids, enums, checked texts.

/// A value with exactly one text form. The store writes and reads it by this, JSON and the UI show the same
/// text, so that one word serves in SQL, Rust and JSON.
pub trait StoredText: Sized {
    fn stored_text(&self) -> &str;

    /// The value of a stored text. An unknown text is an error, never a default.
    fn from_stored_text(text: &str) -> Result<Self, String>;
}

/// Declares an enum together with its texts: `text_enum! { pub enum Status { Ready = "ready" } }`.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            #[allow(dead_code, reason = "not every enum is walked")]
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl $crate::ground::stored_text::StoredText for $name {
            fn stored_text(&self) -> &str {
                self.as_str()
            }
            fn from_stored_text(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok($name::$variant),)+
                    other => Err(format!("`{other}` is no {}", stringify!($name))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
