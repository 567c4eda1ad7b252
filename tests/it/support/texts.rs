//! Texts of invented businesses, with questions that they answer.

/// A bakery's document.
pub const BAKERY: &str = "# Larkspur Bakery\n\n\
    ## Opening hours\n\n\
    On Sundays we are open from 8:30 to 13:00. From Tuesday to Saturday we are open from 7:00 to 18:00.\n\n\
    ## Delivery\n\n\
    Delivery within the city costs 4.50 euros and takes two hours.\n";

/// A question that [`BAKERY`] answers, and words that stand in the answer.
pub const SUNDAY_QUESTION: &str = "When are you open on Sundays?";
pub const SUNDAY_ANSWER: &str = "from 8:30 to 13:00";

/// A question that shares no word with [`BAKERY`].
pub const FOREIGN_QUESTION: &str = "Does quantum chromodynamics explain neutrino oscillation?";
