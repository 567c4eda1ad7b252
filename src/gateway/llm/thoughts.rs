//! Leaving out what a model says to itself.
//!
//! Some servers of open models send the model's thoughts in front of the answer, between `<think>` and `</think>`,
//! where others put them in a field of their own. They are no part of an answer.

const OPENING: &str = "<think>";
const CLOSING: &str = "</think>";

/// Passes text through, without thoughts at its beginning.
#[derive(Debug, Default)]
pub(super) struct Thoughts {
    place: Place,
    held: String,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Beginning,
    Inside,
    Answer,
}

impl Thoughts {
    /// The part of the answer that these words complete; it may be empty.
    pub(super) fn pass(&mut self, text: &str) -> String {
        if self.place == Place::Answer {
            return text.to_owned();
        }
        self.held.push_str(text);
        if self.place == Place::Beginning {
            let begun = self.held.trim_start();
            if let Some(thought) = begun.strip_prefix(OPENING) {
                self.held = thought.to_owned();
                self.place = Place::Inside;
            } else if OPENING.starts_with(begun) {
                return String::new();
            } else {
                self.place = Place::Answer;
                return std::mem::take(&mut self.held);
            }
        }
        match self.held.split_once(CLOSING) {
            Some((_, answer)) => {
                let answer = answer.trim_start().to_owned();
                // Until the answer's first letter, what follows are the empty lines behind the thoughts.
                if answer.is_empty() {
                    self.held = CLOSING.to_owned();
                    return answer;
                }
                self.place = Place::Answer;
                self.held.clear();
                answer
            }
            None => {
                self.keep_tail();
                String::new()
            }
        }
    }

    /// What was held back because it might have begun a thought.
    pub(super) fn finish(&mut self) -> String {
        match self.place {
            Place::Beginning => std::mem::take(&mut self.held),
            Place::Inside | Place::Answer => String::new(),
        }
    }

    /// A closing tag may be cut between two pieces; nothing else of the thoughts is needed.
    fn keep_tail(&mut self) {
        let from = self.held.len().saturating_sub(CLOSING.len());
        let from = (from..=self.held.len()).find(|at| self.held.is_char_boundary(*at)).unwrap_or(from);
        self.held.drain(..from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(text: &str, piece: usize) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut thoughts = Thoughts::default();
        let mut passed: String =
            chars.chunks(piece).map(|chars| thoughts.pass(&chars.iter().collect::<String>())).collect();
        passed.push_str(&thoughts.finish());
        passed
    }

    #[test]
    fn thoughts_are_left_out_wherever_the_text_is_cut() {
        for piece in [1, 2, 5, 100] {
            assert_eq!(passed("<think>\nHm, ünder?\n</think>\n\nWe open at 9.", piece), "We open at 9.");
            assert_eq!(passed("\n<think></think>Yes", piece), "Yes");
            assert_eq!(passed("<think>never ends", piece), "");
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for text in ["", " Hello", "<thin", "<b>Hi</b> <think>no</think>", "2 < 3"] {
            for piece in [1, 3, 100] {
                assert_eq!(passed(text, piece), text);
            }
        }
    }
}
