// Numbers, sizes and times as people read them, in the browser's language and time zone.

import { text } from "texts:common";
import { fill } from "../shared/strings";

const numbers = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const times = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", DAY_MS],
  ["hour", 3_600 * SECOND_MS],
  ["minute", 60 * SECOND_MS],
];
const DAYS_RELATIVE_MAX = 7;

export function formatNumber(value: number): string {
  return numbers.format(value);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function formatMoment(at: string): string {
  return moments.format(new Date(at));
}

export function formatDay(at: string): string {
  return days.format(new Date(at));
}

/** What is near by the reader's own clock: `{day}` is "today" or "tomorrow", `{time}` the time. */
export function nearOf(at: number): { readonly day: string; readonly time: string } {
  const dayOf = (moment: number) => new Date(moment).setHours(0, 0, 0, 0);
  return { day: relative.format(Math.round((dayOf(at) - dayOf(Date.now())) / DAY_MS), "day"), time: times.format(at) };
}

/** "5 minutes ago" within a week, the date after that. */
export function formatAgo(at: string): string {
  const distance = Date.parse(at) - Date.now();
  if (Math.abs(distance) > DAYS_RELATIVE_MAX * DAY_MS) return formatDay(at);
  for (const [unit, length] of UNITS) {
    if (Math.abs(distance) >= length) return relative.format(Math.trunc(distance / length), unit);
  }
  return text.just_now;
}

export function formatMs(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

const NANO_PER_UNIT = 1_000_000_000;
const dollars = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", maximumSignificantDigits: 3 });

/** Billionths of a US dollar. An answer costs a fraction of a cent, so its first three digits are shown. */
export function formatNanoUsd(nanoUsd: number): string {
  return dollars.format(nanoUsd / NANO_PER_UNIT);
}

/** `templates` are the texts for one and for many. */
export function formatCount(count: number, one: string, many: string): string {
  return fill(count === 1 ? one : many, { count: formatNumber(count) });
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first character as people see it: an emoji of several parts is one. */
export function initialOf(name: string): string {
  for (const { segment } of graphemes.segment(name.trim())) return segment;
  return "";
}

const ABBREVIATIONS: Readonly<Record<string, string>> = { api: "API", faq: "FAQ", faqs: "FAQs", url: "URL", css: "CSS" };

/** `document.cancelled` → "Document cancelled", `api_key.issued` → "API key issued". */
export function formatCode(code: string): string {
  const words = code.replace(/[._-]+/g, " ").replace(/\b(api|faqs?|url|css)\b/gi, (word) => ABBREVIATIONS[word.toLowerCase()] ?? word).trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
