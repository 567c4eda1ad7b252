// The panel's colours, derived from the few that were chosen, so that everything on it can be read. Pure: looks in,
// a style sheet's text out.

import { contrast, onColour, parseHex } from "./colour";
import type { Looks } from "./contract";

type Palette = { readonly surface: string; readonly bubble: string; readonly text: string };

const LIGHT: Palette = { surface: "#ffffff", bubble: "#eef0f3", text: "#1b1e24" };
/** The same surface stands in `src/domain/clients/looks.rs`, which judges an accent for the dark theme. */
const DARK: Palette = { surface: "#1c1f25", bubble: "#2c3038", text: "#eceef2" };
const DANGER = "#b3171d";
const TEXT_CONTRAST_MIN = 4.5;
const SHAPE_CONTRAST_MIN = 3;
const MIX_STEPS = 40;

export function themeRules(looks: Looks): string {
  const { theme, accentColor, backgroundColor, textColor, bubbleColor } = looks;
  const light = rules(LIGHT, accentColor, "light");
  const dark = rules(DARK, accentColor, "dark");
  if (theme === "light") return light;
  if (theme === "dark") return dark;
  if (theme === "auto") return `${light}@media (prefers-color-scheme:dark){${dark}}`;
  const scheme = contrast(backgroundColor, "#ffffff") < contrast(backgroundColor, "#000000") ? "light" : "dark";
  return rules({ surface: backgroundColor, bubble: bubbleColor, text: textColor }, accentColor, scheme);
}

/** Custom properties of the host, important so that no rule of the page can change them. */
function rules(palette: Palette, accent: string, scheme: "light" | "dark"): string {
  const { surface, bubble, text } = palette;
  const both = [surface, bubble];
  const fill = readable(accent, [surface], text, SHAPE_CONTRAST_MIN);
  const properties = {
    surface,
    bubble,
    text,
    // As quiet as it may be: from the surface towards the text.
    muted: readable(mix(text, surface, 0.35), both, text, TEXT_CONTRAST_MIN),
    line: mix(surface, text, 0.16),
    edge: readable(mix(surface, text, 0.4), [surface], text, SHAPE_CONTRAST_MIN),
    danger: readable(DANGER, both, text, TEXT_CONTRAST_MIN),
    focus: readable(accent, [surface], text, SHAPE_CONTRAST_MIN),
    link: readable(accent, both, text, TEXT_CONTRAST_MIN),
    fill,
    "on-fill": onColour(fill),
  };
  const lines = Object.entries(properties).map(([name, value]) => `--${name}:${value}!important`);
  return `:host{color-scheme:${scheme}!important;${lines.join(";")}}`;
}

/** The nearest mix of `colour` towards `end` that has this contrast to each surface. */
function readable(colour: string, surfaces: readonly string[], end: string, ratioMin: number): string {
  for (let step = 0; step < MIX_STEPS; step += 1) {
    const mixed = mix(colour, end, step / MIX_STEPS);
    if (surfaces.every((surface) => contrast(mixed, surface) >= ratioMin)) return mixed;
  }
  return end;
}

function mix(from: string, to: string, share: number): string {
  const [start, end] = [parseHex(from), parseHex(to)];
  const channels = start.map((channel, position) => Math.round(channel + ((end[position] ?? 0) - channel) * share));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
