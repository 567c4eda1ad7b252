// Server-sent events (HTML Living Standard, "Event stream interpretation") out of pieces of text that end anywhere.
// Pure.

export type StreamEvent = { readonly name: string; readonly data: string; readonly id: string };

/** Returns a function that takes the next piece and gives the events that it completed. */
export function createEventParser(): (piece: string) => readonly StreamEvent[] {
  let rest = "";
  let id = "";
  let [name, data] = ["", [] as string[]];

  function line(text: string, into: StreamEvent[]): void {
    if (text === "") {
      if (data.length > 0) into.push({ name: name || "message", data: data.join("\n"), id });
      [name, data] = ["", []];
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
    else if (field === "id") id = value;
  }

  return (piece) => {
    const events: StreamEvent[] = [];
    rest += piece;
    // A carriage return at the end may be the first half of a line break.
    const ready = rest.endsWith("\r") ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, ready).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? "") + rest.slice(ready);
    for (const text of lines) line(text, events);
    return events;
  };
}
