// The API reference at `/api/docs`: reads `/api/openapi.json` of the same server and draws it. Works offline,
// without any outside address, and by keyboard; an operation has its own link (`#operationId`).

import { render } from "preact";
import { getDocument } from "./api";
import { referenceOf } from "./reference";
import { PageView, type State } from "./view";

let state: State = { kind: "loading" };

function show(next: State): void {
  state = next;
  const place = document.getElementById("reference");
  if (place) render(<PageView state={state} search={search} />, place);
}

function search(query: string): void {
  if (state.kind === "shown") show({ ...state, query });
}

/** Opens the operation that the address names; the browser alone would jump to it, closed. */
function followAddress(): void {
  if (state.kind !== "shown") return;
  const target = decodeURIComponent(location.hash.slice(1));
  show({ ...state, target });
  const element = target === "" ? null : document.getElementById(target);
  if (element instanceof HTMLDetailsElement) {
    element.open = true;
    element.scrollIntoView();
    element.querySelector("summary")?.focus({ preventScroll: true });
  }
}

async function start(): Promise<void> {
  const place = document.getElementById("reference");
  place?.replaceChildren();
  show(state);
  const outcome = await getDocument(AbortSignal.timeout(30_000));
  if (outcome.kind === "failed") return show({ kind: "failed" });
  const reference = referenceOf(outcome.value, location.origin);
  document.title = reference.title;
  show({ kind: "shown", reference, query: "", target: "" });
  followAddress();
  addEventListener("hashchange", followAddress);
}

void start();
