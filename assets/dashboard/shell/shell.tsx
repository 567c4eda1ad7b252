import { Suspense, useEffect, useRef, useState } from "react";
import { text } from "texts:shell";
import { fill } from "../../shared/strings";
import type { Session } from "../contract";
import { initialOf } from "../format";
import { LiveUpdates } from "../live";
import { usePlace } from "../router";
import { findRoute, GROUPS, homeOf, maySee, ROUTES, type Found } from "../routes";
import { agencyMembership } from "../session";
import { ButtonLink, IconButton } from "../ui/button";
import { PageHead } from "../ui/page";
import { Icon } from "../ui/icons";
import { fetchedBy, later } from "../ui/later";
import { PageFailure } from "../ui/page-failure";
import { Banner, Empty, Loading } from "../ui/states";
import { AccountMenu } from "./account-menu";
import { ClientNote } from "./client-note";
import { ClientSwitcher, useClient, useClientName } from "./client-switcher";
import { Leaving } from "./leaving";

const ClientChoice = later(() => import("./client-choice").then((it) => it.ClientChoice));
const Drawer = later(() => import("./drawer").then((it) => it.Drawer));

/** The frame of every page: navigation by what one may see, the client, the account. */
export function Shell({ session }: { readonly session: Session }) {
  const { path } = usePlace();
  const found = findRoute(path);
  const clientName = useClientName(session, found?.client ?? null);
  const client = useClient(session, found?.client ?? null);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    setMenuOpen(false);
    // A new page is read from its heading, as a page load would; the first one is not jumped into.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
    scrollTo(0, 0);
  }, [path]);
  const side = <Side session={session} found={found} path={path} />;
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        main.current?.focus();
      }}>{text.skip}</a>
      <header className="topbar">
        <IconButton icon="menu" label={text.menu} {...fetchedBy(Drawer)} onPress={() => setMenuOpen(true)} />
        <a className="brand" href={`#${homeOf(session)}`}>{session.product.name}</a>
        {clientName !== "" && <span className="topbar-client">{clientName}</span>}
      </header>
      <aside className="side">{side}</aside>
      {isMenuOpen && <PageFailure isPart><Drawer onClose={() => setMenuOpen(false)}>{side}</Drawer></PageFailure>}
      <main id="main" ref={main} tabIndex={-1}>
        {session.is_insecure && <Banner tone="warn"><p>{text.insecure}</p></Banner>}
        {client && client.status !== "active" && <Banner tone="warn"><p>{client.deactivated_at === null ? text.client_suspended : text.client_left}</p></Banner>}
        {client && <ClientNote client={client} />}
        <PageFailure key={roomOf(path)}>
          <Suspense fallback={<Loading lines={6} />}><Content session={session} found={found} path={path} /></Suspense>
        </PageFailure>
      </main>
      {found?.client && <LiveUpdates client={found.client} />}
      <Leaving />
    </div>
  );
}

/** A conversation beside its list is the same page: filters, choices and the place in the list stay. */
function roomOf(path: string): string {
  return path.split("/").slice(0, 4).join("/");
}

function Content({ session, found, path }: { readonly session: Session; readonly found: Found | null; readonly path: string }) {
  if (path === "/clients") return <ClientChoice session={session} />;
  if (!found) return <Nowhere session={session} title={text.not_found_title} detail={text.not_found} />;
  const { route, values, client } = found;
  if (!maySee(session, client, route)) return <Nowhere session={session} title={text.not_allowed_title} detail={text.not_allowed} />;
  const Page = route.page;
  return <Page key={client ?? "agency"} client={client ?? ""} values={values} />;
}

function Nowhere({ session, title, detail }: { readonly session: Session; readonly title: string; readonly detail: string }) {
  return (
    <>
      <PageHead title={title} />
      <Empty icon="info" title={detail} action={<ButtonLink href={`#${homeOf(session)}`}>{text.go_home}</ButtonLink>} />
    </>
  );
}

function Side({ session, found, path }: { readonly session: Session; readonly found: Found | null; readonly path: string }) {
  const client = found?.client ?? null;
  const agency = agencyMembership(session);
  return (
    <div className="side-inner">
      <a className="brand" href={`#${homeOf(session)}`}><span className="brand-mark" aria-hidden="true">{initialOf(session.product.name)}</span>{session.product.name}</a>
      <ClientSwitcher session={session} client={client} />
      <nav className="nav" aria-label={text.navigation}>
        {client !== null && agency && (
          <a className="nav-back" href="#/agency/clients"><Icon name="back" />{fill(text.back_to_agency, { agency: session.agency?.name ?? text.agency })}</a>
        )}
        {GROUPS.filter((group) => (group === "agency") === (client === null)).map((group) => {
          const routes = ROUTES.filter((route) => route.nav?.group === group && maySee(session, client, route));
          if (routes.length === 0 || (client === null && !agency)) return null;
          return (
            <div key={group} className="nav-group">
              {group !== "insight" && <p className="nav-title">{group === "agency" ? (session.agency?.name ?? text.agency) : text.groups[group]}</p>}
              <ul>
                {routes.map((route) => {
                  const address = route.pattern.replace(":client", client ?? "");
                  const isHere = path === address || path.startsWith(`${address}/`);
                  return (
                    <li key={route.pattern}>
                      <a href={`#${address}`} aria-current={isHere ? "page" : undefined}>{route.nav && <Icon name={route.nav.icon} />}{route.nav?.label}</a>
                    </li>
                  );
                })}
              </ul>
            </div>
          );
        })}
      </nav>
      <AccountMenu session={session} />
    </div>
  );
}
