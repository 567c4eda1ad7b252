// Set by `scripts/build.mjs`: the panel that this loader was built with, and its hash.
declare const PANEL_FILE: string;
declare const PANEL_INTEGRITY: string;

declare module "*.css" {
  export const css: string;
}
