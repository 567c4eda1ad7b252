//! Words, stems and sentences.
