// Colours that stay readable whatever accent was chosen, by the contrast of WCAG 2.2 (success criterion 1.4.3).
// Pure: a colour in, a style sheet's text out.

type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The surfaces of the panel in `panel.css` that accent-coloured text stands on. */
const LIGHT_SURFACE: Rgb = [238, 240, 243];
const DARK_SURFACE: Rgb = [44, 48, 56];
const CONTRAST_MIN = 4.5;
const MIX_STEPS = 20;

/** Custom properties for the host element; important, so that no rule of the page can change them. */
export function accentRules(accentColor: string): string {
  const accent = parseHex(accentColor);
  const rules = {
    accent: cssOf(accent),
    "on-accent": cssOf(contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK),
    "accent-on-light": cssOf(readableOn(accent, LIGHT_SURFACE, BLACK)),
    "accent-on-dark": cssOf(readableOn(accent, DARK_SURFACE, WHITE)),
  };
  const lines = Object.entries(rules).map(([name, value]) => `--${name}:${value}!important`);
  return `:host{${lines.join(";")}}`;
}

/** The nearest mix of `colour` towards `end` that is readable on `surface`. */
function readableOn(colour: Rgb, surface: Rgb, end: Rgb): Rgb {
  for (let step = 0; step <= MIX_STEPS; step += 1) {
    const mixed = mix(colour, end, step / MIX_STEPS);
    if (contrast(mixed, surface) >= CONTRAST_MIN) return mixed;
  }
  return end;
}

function contrast(left: Rgb, right: Rgb): number {
  const [bright, dim] = [luminance(left), luminance(right)].sort((a, b) => b - a) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (start: number, end: number) => Math.round(start + (end - start) * share);
  return [at(from[0], to[0]), at(from[1], to[1]), at(from[2], to[2])];
}

function parseHex(text: string): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function cssOf([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
