import { text } from "texts:operations";
import { fill } from "../../shared/strings";
import type { Mail } from "../contract";
import { formatCode } from "../format";

export const MAILS_PATH = "/api/mails";
export const MAIL_TONES = { queued: "busy", sent: "plain", delivered: "good", failed: "danger", suppressed: "warn", simulated: "warn" } as const;

export function subjectOf({ subject, purpose }: Mail): string {
  return subject || fill(text.erased, { purpose: formatCode(purpose) });
}
