//! Damaged files: every reader ends, with an extraction that keeps its promises or with a refusal.

use super::samples::{archive, pdf, word};
use super::*;
use std::panic::{self, AssertUnwindSafe};

/// Of each seed.
const DAMAGES: u64 = 120;

/// A small generator of numbers, the same in every run (Knuth's constants for 64 bits).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

fn damage(seed: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + 1 + numbers.below(40)).min(bytes.len());
        match numbers.below(5) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].repeat(1 + numbers.below(50));
                bytes.splice(at..at, piece);
            }
            3 => bytes[at..end].iter_mut().for_each(|byte| *byte ^= 1 << numbers.below(8)),
            _ => bytes[at] = [0, b'<', b'(', b'9', 0xFF, b'"'][numbers.below(6)],
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

// KNO-4
#[test]
fn damaged_files_end_as_text_or_as_a_refusal() {
    let page = [(60, 700, 20, "House rules"), (60, 670, 10, "We open at seven (on Sundays at nine).")];
    let body = "<w:p><w:r><w:t>We open at seven.</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p>\
                </w:tc></w:tr></w:tbl>";
    let html = b"<!doctype html><main><h1>Menu</h1><table><tr><th>a<th>b<tr><td>1<td>2</table><ul><li>x</ul><pre>y</pre>";
    let seeds: [(&str, Vec<u8>); 7] = [
        ("pdf", pdf(&[&page, &page])),
        ("docx", word(body)),
        ("docx", archive(&[("word/document.xml", body.as_bytes())])),
        ("html", html.to_vec()),
        ("csv", b"Drink;Price\n\"Latte \"\"large\"\"\";4.20\nTea;3\n".to_vec()),
        ("md", b"# Menu\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- x\n  - y\n\n```\ncode\n```\n".to_vec()),
        ("txt", "Müßiggang\n=====\n\n- Tee\n1. Kaffee\n".into()),
    ];
    let mut numbers = Numbers(1);
    let mut read_well = 0;

    for (extension, seed) in &seeds {
        assert!(read(extension, seed.clone(), &mut |_, _| {}).is_ok(), "the {extension} is good");
        for _ in 0..DAMAGES {
            let bytes = damage(seed, &mut numbers);
            // A panic ends the child, and so the document.
            let ended = panic::catch_unwind(AssertUnwindSafe(|| read(extension, bytes, &mut |_, _| {})));
            if let Ok(Ok(extraction)) = ended {
                assert_eq!(extraction.validate(), Ok(()));
                read_well += 1;
            }
        }
    }

    assert!(read_well > 0, "not every damage makes a file unreadable");
}
