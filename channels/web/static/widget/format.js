/** Dates and sources as people read them. */

import { fill } from "./labels.js";

const DAY = 86_400_000;
// Deadlines and events belong to the city's calendar, wherever the reader's clock stands.
const CITY_ZONE = "Asia/Shanghai";

function valid(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A day of the city, such as 2026年12月1日; the text itself when it is not a date. */
export function day(iso, labels) {
  const date = valid(iso);
  return date ? new Intl.DateTimeFormat(labels.locale, { dateStyle: "long", timeZone: CITY_ZONE }).format(date) : iso;
}

/** A minute of the city, such as 2026年12月1日 09:30; the text itself when it is not a date. */
export function minute(iso, labels) {
  const date = valid(iso);
  if (!date) return iso;
  const options = { dateStyle: "long", timeStyle: "short", hourCycle: "h23", timeZone: CITY_ZONE };
  return new Intl.DateTimeFormat(labels.locale, options).format(date);
}

/** When a message came, by the reader's clock: 今天 09:30, 昨天 09:30 or the date. */
export function moment(iso, labels, now = new Date()) {
  const date = valid(iso);
  if (!date) return "";
  const time = new Intl.DateTimeFormat(labels.locale, { timeStyle: "short", hourCycle: "h23" }).format(date);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (date.getTime() >= midnight) return `${labels.today} ${time}`;
  if (date.getTime() >= midnight - DAY) return `${labels.yesterday} ${time}`;
  return `${new Intl.DateTimeFormat(labels.locale, { dateStyle: "long" }).format(date)} ${time}`;
}

/** One legal source: 《居住证暂行条例》（国务院令第663号）第二条 · 国务院 · 2016年1月1日起施行. */
export function source({ title, number, article, issuer, effective }, labels) {
  const name = title.startsWith("《") ? title : `《${title}》`;
  const where = name + (number ? `（${number}）` : "") + (article ?? "");
  const since = effective ? fill(labels.effective, { date: day(effective, labels) }) : "";
  return [where, issuer, since].filter(Boolean).join(" · ");
}
