// The dashboard at `/app`: one page with hash addresses. Start reading at `App`: it decides between the pages for
// people who are signed out, and the shell.

import { Suspense, lazy, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { match, navigate, usePlace } from "./router";
import { homeOf } from "./routes";
import { readSession, useSessionState } from "./session";
import { Shell } from "./shell/shell";
import { applyTheme } from "./theme";
import { FailureView, Loading } from "./ui/states";
import { Toasts } from "./ui/toast";

const SignInPage = lazy(() => import("./pages/sign-in").then((it) => ({ default: it.SignInPage })));
const LinkPage = lazy(() => import("./pages/sign-in").then((it) => ({ default: it.LinkPage })));
const InvitationPage = lazy(() => import("./pages/invitation").then((it) => ({ default: it.InvitationPage })));

function App() {
  const state = useSessionState();
  const { path, query } = usePlace();
  const link = match("/sign-in/:token", path)?.["token"];
  const invitation = match("/invitation/:token", path)?.["token"];
  const isSignedIn = state.kind === "signed_in";
  const home = isSignedIn && (path === "/" || path === "/sign-in") ? (safeNext(query.get("next")) ?? homeOf(state.session)) : null;
  useEffect(() => {
    if (home !== null) navigate(home, "replace");
  }, [home]);

  if (invitation && state.kind !== "unknown") return <InvitationPage token={invitation} />;
  if (link) return <LinkPage token={link} />;
  switch (state.kind) {
    case "unknown":
      return <main className="lonely"><Loading /></main>;
    case "failed":
      return <main className="lonely"><FailureView failure={state.failure} onRetry={() => void readSession()} /></main>;
    case "signed_out":
      return <SignInPage why={state.why} />;
    case "signed_in":
      return home === null ? <Shell session={state.session} /> : null;
  }
}

/** Only an address of the dashboard itself. */
function safeNext(next: string | null): string | null {
  return next && /^\/(clients|agency|invitation)\//.test(next) ? next : null;
}

applyTheme();
void readSession();
const place = document.getElementById("app");
if (place) {
  createRoot(place).render(
    <>
      <Suspense fallback={<main className="lonely"><Loading /></main>}><App /></Suspense>
      <Toasts />
    </>,
  );
}
