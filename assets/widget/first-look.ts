// What the first script must know of a widget's looks: enough for the button, in few bytes.

import { isHexColour, onColour } from "./colour";
import type { Position } from "./contract";
import { fieldsOf, textOf } from "./values";

const ACCENT = "#1f5fbf";

/** `inset` of the button, and of the panel beside it, by position; E is the distance to the edges. */
const PLACES: Readonly<Record<Position, readonly [button: string, panel: string]>> = {
  "bottom-right": ["auto E V auto", "auto E P auto"],
  "bottom-left": ["auto auto V E", "auto auto P E"],
  "top-right": ["V E auto auto", "P E auto auto"],
  "top-left": ["V auto auto E", "P auto auto E"],
  center: ["auto 0 V 0", "0"],
};

export function positionOf(body: unknown): Position {
  const text = textOf(fieldsOf(body)["position"]);
  return Object.hasOwn(PLACES, text) ? (text as Position) : "bottom-right";
}

export function accentOf(body: unknown): string {
  const text = textOf(fieldsOf(body)["accent_color"]);
  return isHexColour(text) ? text : ACCENT;
}

/** Custom properties for the host element; important, so that no rule of the page can change them. `slot` counts
 *  the buttons that stand in the same corner before this one. */
export function firstRules(body: unknown, slot: number): string {
  const accent = accentOf(body);
  const [button, panel] = PLACES[positionOf(body)];
  const fill = (inset: string) =>
    inset.replace("E", "1.25em").replace("V", `${1.25 + slot * 4.25}em`).replace("P", `${5.65 + slot * 4.25}em`);
  const rules = { accent, "on-accent": onColour(accent), place: fill(button), "panel-place": fill(panel) };
  return `:host{${Object.entries(rules).map(([name, value]) => `--${name}:${value}!important`).join(";")}}`;
}
