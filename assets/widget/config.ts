// The widget's configuration, read field by field: what the server adds later is ignored, what is missing or odd
// falls back.

import { isHexColour } from "./colour";
import type { Looks, Position, Theme, WidgetConfig } from "./contract";
import { accentOf, positionOf } from "./first-look";
import { fieldsOf, textOf } from "./values";

const MESSAGE_CHARS_MAX = 4_000;
const WIDTH_PX = { usual: 392, min: 200, max: 800 };
const HEIGHT_PX = { usual: 624, min: 300, max: 1_000 };
const THEMES: readonly Theme[] = ["light", "dark", "auto", "custom"];

export function parseConfig(body: unknown, clientId: string): WidgetConfig {
  const fields = fieldsOf(body);
  const charsMax = fields["message_chars_max"];
  const suggestions = fields["suggestions"];
  return {
    clientId,
    name: textOf(fields["name"]),
    welcome: textOf(fields["welcome"]),
    placeholder: textOf(fields["placeholder"]),
    suggestions: (Array.isArray(suggestions) ? suggestions : []).map(textOf).filter((text) => text !== ""),
    looks: parseLooks(fields, positionOf(body)),
    language: textOf(fields["language"]) || "en",
    messageCharsMax: typeof charsMax === "number" && charsMax > 0 ? charsMax : MESSAGE_CHARS_MAX,
  };
}

function parseLooks(fields: Readonly<Record<string, unknown>>, position: Position): Looks {
  const colour = (name: string, usual: string) => {
    const text = textOf(fields[name]);
    return isHexColour(text) ? text : usual;
  };
  return {
    theme: THEMES.find((theme) => theme === fields["theme"]) ?? "auto",
    accentColor: accentOf(fields),
    backgroundColor: colour("background_color", "#ffffff"),
    textColor: colour("text_color", "#1b1e24"),
    bubbleColor: colour("bubble_color", "#eef0f3"),
    position,
    widthPx: within(fields["width_px"], WIDTH_PX),
    heightPx: within(fields["height_px"], HEIGHT_PX),
    customCss: textOf(fields["custom_css"]),
    logoUrl: webAddress(textOf(fields["logo_url"])),
  };
}

function within(value: unknown, { usual, min, max }: { usual: number; min: number; max: number }): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(value, min), max) : usual;
}

function webAddress(text: string): string | null {
  return /^https?:\/\//i.test(text) ? text : null;
}
