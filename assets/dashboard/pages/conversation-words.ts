// Words and kinds that the parts of the conversations' page share.

import { text } from "texts:conversations";
import type { Schemas } from "../contract";

export type Conversation = Schemas["ConversationView"];

export function nameOf({ visitor }: Conversation): string {
  return visitor ? (visitor.name ?? visitor.email ?? visitor.user_id) : text.anonymous;
}

/** Many visitors have no name: what they said first tells them apart. */
export function nameAndOpening(conversation: Conversation): string {
  return [nameOf(conversation), conversation.opening].filter(Boolean).join(": ");
}

export function pathOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host + new URL(address).pathname : address;
}

/** As the server compares tags. */
export function isSameTag(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
