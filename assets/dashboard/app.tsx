// The dashboard at `/app`: one page with hash addresses. Start reading at `App`: it decides between the pages for
// people who are signed out, and the shell.

import { Suspense, lazy, useEffect, type ReactNode } from "react";
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
const KeyClaimPage = lazy(() => import("./pages/key-claim").then((it) => ({ default: it.KeyClaimPage })));
const SignUpPage = lazy(() => import("./pages/sign-up").then((it) => ({ default: it.SignUpPage })));
const SignUpLinkPage = lazy(() => import("./pages/sign-up").then((it) => ({ default: it.SignUpLinkPage })));
const InvitationPage = lazy(() => import("./pages/invitation").then((it) => ({ default: it.InvitationPage })));

function App() {
  const state = useSessionState();
  const { path, query } = usePlace();
  const link = match("/sign-in/:token", path)?.["token"];
  const door = state.kind === "unknown" ? null : doorAt(path);
  const isSignedIn = state.kind === "signed_in";
  const home = isSignedIn && (path === "/" || path === "/sign-in") ? (safeNext(query.get("next")) ?? homeOf(state.session)) : null;
  useEffect(() => {
    if (home !== null) navigate(home, "replace");
  }, [home]);

  if (door) return door;
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

/** Pages that open with and without a session; they wait until it is known which. */
function doorAt(path: string): ReactNode {
  const tokenOf = (pattern: string) => match(pattern, path)?.["token"];
  const [invitation, key, signUp] = [tokenOf("/invitation/:token"), tokenOf("/key/:token"), tokenOf("/sign-up/:token")];
  if (invitation) return <InvitationPage token={invitation} />;
  if (key) return <KeyClaimPage key={key} token={key} />;
  if (signUp) return <SignUpLinkPage token={signUp} />;
  return path === "/sign-up" ? <SignUpPage /> : null;
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
