// Our own icons: 16 units wide, drawn as lines. Decoration only; the words stand beside them or in `aria-label`.

const PATHS = {
  activity: "M1.5 8.5h3l2-5 3 9 2-4h3",
  alert: "M8 2 1.8 13h12.4L8 2Zm0 4.5v3M8 11.4v.1",
  archive: "M2 3h12v3H2V3Zm1 3v7.2h10V6M6.3 8.8h3.4",
  back: "M9.5 3.5 5 8l4.5 4.5",
  book: "M3 3.2c2-.6 3.7-.4 5 .6 1.3-1 3-1.2 5-.6v9c-2-.6-3.7-.4-5 .6-1.3-1-3-1.2-5-.6v-9Zm5 .6v9",
  bookmark: "M4.5 2.3h7v11.2L8 10.7l-3.5 2.8V2.3Z",
  chat: "M2.5 3.5h11v7.5H8l-3 2.5V11H2.5V3.5Z",
  check: "m3 8.5 3.2 3.2L13 5",
  chevron: "m4.5 6.5 3.5 3.5 3.5-3.5",
  close: "m4 4 8 8m0-8-8 8",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8v-8Z",
  documents: "M4 1.8h5L12.5 5v9.2H4V1.8Zm5 0V5h3.5M6 8h4.5M6 10.8h4.5",
  dots: "M3.5 8v.01M8 8v.01M12.5 8v.01",
  download: "M8 2.5v7m-3-3 3 3 3-3M2.8 12.8h10.4",
  edit: "m9.8 3.7 2.5 2.5M3 13l.7-3 7-7 2.3 2.3-7 7L3 13Z",
  external: "M6.5 3.5h-3v9h9v-3M9 2.8h4.2V7m0-4.2L7.5 8.5",
  eye: "M1.5 8C3 5.2 5.2 3.8 8 3.8S13 5.2 14.5 8C13 10.8 10.8 12.2 8 12.2S3 10.8 1.5 8Zm6.5-1.8a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z",
  gap: "M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4M8 11.6v.1M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z",
  home: "M2.5 7.2 8 2.5l5.5 4.7v6.3h-4v-3.6h-3v3.6h-4V7.2Z",
  info: "M8 7.2v4M8 4.8v.1M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z",
  instructions: "M2.8 4h10.4M2.8 8h6.4M2.8 12h8.4",
  jobs: "M8 4.5V8l2.4 1.6M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z",
  key: "M9.3 6.7 14 2m-2.4 2.4 1.6 1.6M5.8 6.5a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6Z",
  link: "m6.4 9.6 3.2-3.2M7.2 4.9l1.3-1.3a2.8 2.8 0 0 1 4 4l-1.4 1.3M8.8 11.1l-1.3 1.3a2.8 2.8 0 0 1-4-4l1.4-1.3",
  mail: "M2 3.8h12v8.6H2V3.8Zm.3.4L8 8.6l5.7-4.4",
  menu: "M2.5 4.5h11M2.5 8h11m-11 3.5h11",
  people: "M6 7.3A2.4 2.4 0 1 0 6 2.5a2.4 2.4 0 0 0 0 4.8Zm-4.3 6c.3-2.7 1.8-4 4.3-4s4 1.3 4.3 4M10.8 2.7a2.3 2.3 0 0 1 0 4.4m1 2.5c1.5.5 2.3 1.7 2.5 3.7",
  plus: "M8 3v10M3 8h10",
  retry: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.7h-2.7",
  search: "m10.5 10.5 3.2 3.2M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z",
  send: "M13.5 2.5 2.3 6.8l4.6 2.3 2.3 4.6 4.3-11.2Zm0 0L6.9 9.1",
  settings: "M2.5 4.5h6m3 0h2m-11 7h2m3 0h6M10 3v3M6 10v3",
  shield: "M8 1.8 13 3.6v4c0 3-1.8 5.2-5 6.6-3.2-1.4-5-3.6-5-6.6v-4l5-1.8Z",
  spark: "M8 2v3.2M8 10.8V14M2 8h3.2m5.6 0H14M4 4l2 2m4 4 2 2m0-8-2 2m-4 4-2 2",
  stop: "M4.5 4.5h7v7h-7v-7Z",
  tag: "M2.5 2.5H8l5.7 5.7L8.2 13.7 2.5 8V2.5Zm2.8 2.8v.01",
  trash: "M2.8 4.3h10.4M6.2 4V2.5h3.6V4M4.2 4.5l.6 9h6.4l.6-9M6.6 7v4M9.4 7v4",
  upload: "M8 10V3m-3 3 3-3 3 3M2.8 12.8h10.4",
  widget: "M2.2 2.8h11.6v10.4H2.2V2.8Zm0 3h11.6M8.8 8.6h3v2.6h-3V8.6Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
