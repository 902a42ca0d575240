// Tells each hour again on the clock of whoever reads, where that differs from the place's, and how long
// it is until then. Without script the page says the place's clock and how far that is from UTC.

const LANGUAGE = document.documentElement.lang;
const MINUTE = 60_000;
const STEPS = [
  ["day", 24 * 60 * MINUTE, 2],
  ["hour", 60 * MINUTE, 2],
  ["minute", MINUTE, 1],
];
const DIGITS = { numberingSystem: "latn" };

const hour = new Intl.DateTimeFormat(LANGUAGE, { hour: "numeric", minute: "2-digit", ...DIGITS });
const moment = new Intl.DateTimeFormat(LANGUAGE, {
  weekday: "long",
  day: "numeric",
  month: "long",
  hour: "numeric",
  minute: "2-digit",
  ...DIGITS,
});
const distance = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "always", ...DIGITS });

// Minutes that a clock is ahead of UTC, from the end of an ISO 8601 time.
function ahead(text) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  return found ? Number(`${found[1]}1`) * (Number(found[2]) * 60 + Number(found[3])) : 0;
}

function isSameClock(text) {
  return -new Date(text).getTimezoneOffset() === ahead(text);
}

function wordsOf(place, time) {
  return place.closest("[data-clocks]").dataset.clocks.replace("{time}", time);
}

// A day elsewhere may be another one here: then the hour alone would mislead.
function isSameDay(text) {
  const at = new Date(text);
  const month = String(at.getMonth() + 1).padStart(2, "0");
  return text.startsWith(`${at.getFullYear()}-${month}-${String(at.getDate()).padStart(2, "0")}`);
}

for (const time of document.querySelectorAll("[data-time]")) {
  if (isSameClock(time.dateTime)) continue;
  const yours = document.createElement("span");
  yours.className = "hour__yours";
  const at = new Date(time.dateTime);
  yours.textContent = wordsOf(time, (isSameDay(time.dateTime) ? hour : moment).format(at));
  time.after(" ", yours);
}

for (const yours of document.querySelectorAll("[data-yours]")) {
  const { starts, ends } = yours.dataset;
  if (isSameClock(starts)) continue;
  const range = isSameDay(starts) ? hour : moment;
  yours.textContent = wordsOf(yours, range.formatRange(new Date(starts), new Date(ends)));
  yours.hidden = false;
}

function tell(left) {
  const until = Date.parse(left.dataset.starts) - Date.now();
  if (until <= 0) {
    left.textContent = left.dataset.now;
    left.hidden = Date.now() >= Date.parse(left.dataset.ends);
    return;
  }
  const [unit, length] = STEPS.find(([, size, least]) => until >= size * least) ?? STEPS.at(-1);
  left.textContent = distance.format(Math.max(1, Math.floor(until / length)), unit);
  left.hidden = false;
}

for (const left of document.querySelectorAll("[data-left]")) {
  tell(left);
  setInterval(() => tell(left), MINUTE);
}
