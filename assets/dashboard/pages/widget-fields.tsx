import { useId, useState } from "react";
import { text } from "texts:widget";
import { contrast } from "../../widget/colour";
import { call, clientPath, type FieldError } from "../api";
import type { Schemas } from "../contract";
import { useAction } from "../query";
import { Button, IconButton } from "../ui/button";
import { FileButton } from "../ui/file-button";
import { FailureBanner } from "../ui/failure-banner";
import { TextBlock, TextInput } from "../ui/field";
import { Card } from "../ui/page";
import { Segments } from "../ui/segments";
import { SelectInput } from "../ui/select";
import { Banner } from "../ui/states";
import { DomainTester } from "./domain-tester";

type Config = Schemas["ConfigView"];
export type Looks = Pick<Config,
  | "widget_name" | "welcome" | "placeholder" | "suggestions" | "theme" | "accent_color" | "background_color" | "text_color" | "bubble_color"
  | "position" | "width_px" | "height_px" | "custom_css" | "logo_url" | "allowed_domains">;

const THEMES: readonly Schemas["Theme"][] = ["auto", "light", "dark", "custom"];
const POSITIONS: readonly Schemas["Position"][] = ["bottom-right", "bottom-left", "top-right", "top-left", "center"];
const SUGGESTIONS_MAX = 6;
const DOMAINS_MAX = 100;
/** The last colour in a message of the server's contrast check is the one that passes. */
const SUGGESTED = /#[0-9a-f]{6}(?=\.?$)/i;

type Props = {
  readonly client: string;
  readonly looks: Looks;
  readonly logoFile: string | null;
  readonly etag: string | null;
  readonly errors: readonly FieldError[];
  readonly mayWrite: boolean;
  readonly onChange: (changed: Partial<Looks>) => void;
  readonly onLogo: (config: Config, etag: string | null) => void;
};

export function StudioFields({ client, looks, logoFile, etag, errors, mayWrite, onChange, onLogo }: Props) {
  const isReadOnly = !mayWrite;
  const colour = (name: "accent_color" | "background_color" | "text_color" | "bubble_color", against: string | null) => (
    <ColourInput name={`/${name}`} label={text.colours[name]} value={looks[name]} against={against} error={errors.find(({ pointer }) => pointer === `/${name}`)?.detail} isDisabled={isReadOnly} onChange={(value) => onChange({ [name]: value })} />
  );
  return (
    <>
      <Card title={text.words}>
        <TextInput name="/widget_name" label={text.widget_name} hint={text.widget_name_hint} value={looks.widget_name} onChange={(widget_name) => onChange({ widget_name })} isRequired={false} maxLength={100} isReadOnly={isReadOnly} />
        <TextBlock name="/welcome" label={text.welcome} value={looks.welcome} onChange={(welcome) => onChange({ welcome })} rows={2} maxLength={1000} isReadOnly={isReadOnly} />
        <TextInput name="/placeholder" label={text.placeholder} value={looks.placeholder} onChange={(placeholder) => onChange({ placeholder })} maxLength={255} isReadOnly={isReadOnly} />
        <Lines name="suggestions" label={text.suggestions} hint={text.suggestions_hint} one={text.suggestion} add={text.add_suggestion} values={looks.suggestions} max={SUGGESTIONS_MAX} maxLength={120} isReadOnly={isReadOnly} onChange={(suggestions) => onChange({ suggestions: [...suggestions] })} />
      </Card>
      <Card title={text.look}>
        <div className="field">
          <span className="label">{text.theme}</span>
          <Segments label={text.theme} value={looks.theme} onChange={(theme) => mayWrite && onChange({ theme })} choices={THEMES.map((value) => ({ value, label: text.themes[value] }))} />
        </div>
        <div className="colours">
          {colour("accent_color", looks.theme === "custom" ? looks.background_color : looks.theme === "dark" ? "#1c1f25" : "#ffffff")}
          {looks.theme === "custom" && colour("background_color", null)}
          {looks.theme === "custom" && colour("text_color", looks.background_color)}
          {looks.theme === "custom" && colour("bubble_color", looks.text_color)}
        </div>
        <SelectInput name="/position" label={text.position} value={looks.position} isDisabled={isReadOnly} onChange={(value) => onChange({ position: value as Looks["position"] })} choices={POSITIONS.map((value) => ({ value, label: text.positions[value] }))} />
        <div className="field-row">
          <NumberInput name="/width_px" label={text.width} hint={text.width_hint} value={looks.width_px} onChange={(width_px) => onChange({ width_px })} isReadOnly={isReadOnly} />
          <NumberInput name="/height_px" label={text.height} hint={text.height_hint} value={looks.height_px} onChange={(height_px) => onChange({ height_px })} isReadOnly={isReadOnly} />
        </div>
      </Card>
      <LogoCard client={client} looks={looks} logoFile={logoFile} etag={etag} mayWrite={mayWrite} onChange={onChange} onLogo={onLogo} />
      <Card title={text.domains} lead={text.domains_lead} id="domains">
        {looks.allowed_domains.length === 0 && <Banner tone="warn"><p>{text.any_domain}</p></Banner>}
        <Lines name="allowed_domains" label={text.domains} one={text.domain} add={text.add_domain} values={looks.allowed_domains} max={DOMAINS_MAX} maxLength={260} isReadOnly={isReadOnly} placeholder="www.example.com" isLabelHidden onChange={(allowed_domains) => onChange({ allowed_domains: [...allowed_domains] })} />
        <DomainTester domains={looks.allowed_domains} />
      </Card>
      <Card title={text.sheet} lead={text.sheet_lead}>
        <TextBlock name="/custom_css" label={text.custom_css} value={looks.custom_css} onChange={(custom_css) => onChange({ custom_css })} rows={5} isMono maxLength={10_000} isReadOnly={isReadOnly} spellCheck="false" />
      </Card>
    </>
  );
}

function NumberInput({ value, onChange, ...rest }: { readonly name: string; readonly label: string; readonly hint: string; readonly value: number; readonly onChange: (value: number) => void; readonly isReadOnly: boolean }) {
  const [typed, setTyped] = useState(String(value));
  const isSame = Number(typed) === value;
  return (
    <TextInput {...rest} value={isSame ? typed : String(value)} inputMode="numeric" onChange={(next) => {
      const digits = next.replace(/\D/g, "").slice(0, 5);
      setTyped(digits);
      onChange(Number(digits));
    }} />
  );
}

/** The picker and its code; a colour that cannot be read is said where it is chosen, before and after saving. */
function ColourInput({ name, label, value, against, error, isDisabled, onChange }: { readonly name: string; readonly label: string; readonly value: string; readonly against: string | null; readonly error: string | undefined; readonly isDisabled: boolean; readonly onChange: (value: string) => void }) {
  const id = useId();
  const isWhole = /^#[0-9a-f]{6}$/i.test(value);
  const suggested = error ? SUGGESTED.exec(error)?.[0] : undefined;
  return (
    <div className="colour">
      <input type="color" className="swatch" aria-label={`${label}: ${text.pick}`} value={isWhole ? value : "#000000"} disabled={isDisabled} onChange={(event) => onChange(event.target.value)} />
      <div className="colour-code">
        <TextInput name={name} label={label} value={value} onChange={onChange} isMono isReadOnly={isDisabled} aria-describedby={id} />
        <p id={id} className="hint tabular">{isWhole && against && /^#[0-9a-f]{6}$/i.test(against) ? `${text.contrast} ${(Math.floor(contrast(value, against) * 10) / 10).toFixed(1)} : 1` : ""}</p>
        {suggested && suggested.toLowerCase() !== value.toLowerCase() && <Button isSmall onPress={() => onChange(suggested)}>{`${text.use_suggested} ${suggested}`}</Button>}
      </div>
    </div>
  );
}

function Lines({ name, label, hint, one, add, values, max, maxLength, isReadOnly, placeholder = "", isLabelHidden = false, onChange }: {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly one: string;
  readonly add: string;
  readonly values: readonly string[];
  readonly max: number;
  readonly maxLength: number;
  readonly isReadOnly: boolean;
  readonly placeholder?: string;
  readonly isLabelHidden?: boolean;
  readonly onChange: (values: readonly string[]) => void;
}) {
  return (
    <fieldset className="phrasings">
      <legend className={isLabelHidden ? "visually-hidden" : "label"}>{label}</legend>
      {hint && <p className="hint">{hint}</p>}
      {values.map((value, position) => (
        <div key={position} className="field-line">
          <TextInput name={`/${name}/${position}`} label={`${one} ${position + 1}`} value={value} maxLength={maxLength} placeholder={placeholder} isReadOnly={isReadOnly} autoFocus={value === ""} isRequired
            onChange={(it) => onChange(values.map((before, at) => (at === position ? it : before)))} />
          {!isReadOnly && <IconButton icon="trash" label={`${text.remove} ${one} ${position + 1}`} onPress={() => onChange(values.filter((_, at) => at !== position))} />}
        </div>
      ))}
      {!isReadOnly && values.length < max && <Button isSmall icon="plus" onPress={() => onChange([...values, ""])}>{add}</Button>}
    </fieldset>
  );
}

/** An uploaded logo is saved at once; an address with the other settings. */
function LogoCard({ client, looks, logoFile, mayWrite, onChange, onLogo }: Pick<Props, "client" | "looks" | "logoFile" | "etag" | "mayWrite" | "onChange" | "onLogo">) {
  const { action, run } = useAction();
  const path = clientPath(client, "/api/config/logo");
  const send = async (file: File | undefined) => {
    if (!file) return;
    const form = new FormData();
    form.set("file", file);
    const outcome = await run((signal) => call<Config>("post", path, { body: form, signal }));
    if (outcome.kind === "ok") onLogo(outcome.value, outcome.etag);
  };
  const remove = async () => {
    const outcome = await run((signal) => call<Config>("delete", path, { signal }));
    if (outcome.kind === "ok") onLogo(outcome.value, outcome.etag);
  };
  return (
    <Card title={text.logo} lead={text.logo_lead}>
      {action.kind === "failed" && <FailureBanner failure={action.failure} />}
      {logoFile && <img className="logo" src={logoFile} alt={text.logo_present} width="48" height="48" />}
      {mayWrite && (
        <div className="row-actions">
          <FileButton accept="image/png,image/jpeg,image/webp,image/svg+xml" isBusy={action.kind === "busy"} onFiles={([file]) => void send(file)}>{logoFile ? text.logo_replace : text.logo_upload}</FileButton>
          {logoFile && <Button icon="trash" isDisabled={action.kind === "busy"} onPress={() => void remove()}>{text.logo_remove}</Button>}
        </div>
      )}
      {!logoFile && <TextInput name="/logo_url" type="url" label={text.logo_url} value={looks.logo_url} onChange={(logo_url) => onChange({ logo_url })} isRequired={false} placeholder="https://" isReadOnly={!mayWrite} />}
    </Card>
  );
}
