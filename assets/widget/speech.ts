// What a screen reader is told of an answer that streams in: whole sentences, each once, without marks. Pure.

/** The end of a sentence, or of a line: a list's item often has no full stop. */
const SENTENCE_END = /[.!?…。！？؟][)"'»”’\]]*\s|\n/g;
/** Short sentences wait for the next, so that speech is not chopped. */
const PIECE_CHARS_MIN = 40;

/** The piece that has become complete since `from`, and where the next begins; an empty piece while none has. */
export function nextPiece(text: string, from: number, isWhole: boolean): { readonly piece: string; readonly next: number } {
  if (isWhole) return { piece: spoken(text.slice(from)), next: text.length };
  let end = from;
  for (const found of text.slice(from).matchAll(SENTENCE_END)) end = from + found.index + found[0].length;
  return end - from < PIECE_CHARS_MIN ? { piece: "", next: from } : { piece: spoken(text.slice(from, end)), next: end };
}

/** Markdown as it is read aloud: links by their words, marks left out. */
export function spoken(text: string): string {
  return text
    .replace(/```\w*\n?/g, "")
    .replace(/\s*\[\d{1,2}\]/g, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(?:[-*•]|#{1,6}|>)\s+/gm, "")
    .replace(/[*`|]|__/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
