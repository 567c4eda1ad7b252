// What went wrong, in words for visitors.

import { failure as strings } from "../locales/en.json";
import { fill } from "../shared/strings";
import type { Failure } from "./contract";

export function canRetry(failure: Failure): boolean {
  return failure.kind !== "refused" && failure.kind !== "rejected";
}

export function failureText(failure: Failure, language: string): string {
  if (failure.kind !== "rate_limited") return strings[failure.kind];
  if (failure.waitSeconds === null) return strings.rate_limited_soon;
  return fill(strings.rate_limited, { wait: durationText(failure.waitSeconds, language) });
}

/** "20 seconds", "3 minutes", "2 hours": rounded up, so that waiting that long is always enough. */
function durationText(seconds: number, language: string): string {
  const [value, unit] = seconds < 90 ? [seconds, "second"] : seconds < 5_400 ? [Math.ceil(seconds / 60), "minute"] : [Math.ceil(seconds / 3_600), "hour"];
  return new Intl.NumberFormat(language, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(Number(value));
}
