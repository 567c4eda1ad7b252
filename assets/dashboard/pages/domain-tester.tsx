import { useState } from "react";
import { text } from "texts:widget";
import { TextInput } from "../ui/field";
import { Icon } from "../ui/icons";

/** Whether the list lets a page of this address show the widget, by the rules of the server: hosts, `*.` for those below, ports. */
export function isAllowed(domains: readonly string[], address: string): boolean | null {
  const url = hostOf(address);
  if (url === null) return null;
  if (domains.length === 0) return true;
  return domains.some((domain) => {
    const [host = "", port = ""] = domain.trim().toLowerCase().split(":", 2);
    if (port !== "" && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
    if (port === "" && url.port !== "") return false;
    return host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
  });
}

function hostOf(address: string): URL | null {
  const whole = /^https?:\/\//i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
  return URL.canParse(whole) && new URL(whole).hostname.includes(".") ? new URL(whole) : null;
}

export function DomainTester({ domains }: { readonly domains: readonly string[] }) {
  const [address, setAddress] = useState("");
  const verdict = address.trim() === "" ? null : isAllowed(domains, address);
  return (
    <div className="tester">
      <TextInput name="tester" label={text.tester} hint={text.tester_hint} value={address} onChange={setAddress} placeholder="https://www.example.com/contact" autoComplete="off" />
      <p role="status" className={verdict === null ? "hint" : verdict ? "verdict good" : "verdict bad"}>
        {verdict !== null && <Icon name={verdict ? "check" : "close"} />}
        {address.trim() === "" ? "" : verdict === null ? text.tester_unknown : verdict ? text.tester_yes : text.tester_no}
      </p>
    </div>
  );
}
